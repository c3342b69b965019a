package io.postil.testkit.cvat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what answers a method and path. Filled at the start, then only read. */
final class Router {
  /** Answers a call; {@code args} are the parts of the path that vary. */
  interface Handler {
    Answer handle(Call call, List<String> args);
  }

  private record Route(String method, Pattern path, Handler handler, boolean anonymous) {}

  private final List<Route> routes = new ArrayList<>();

  /**
   * Adds a route for people who are signed in.
   *
   * @param path below {@code /api}; {@code #} stands for a number, {@code *} for any one part
   */
  void on(String method, String path, Handler handler) {
    add(method, path, handler, false);
  }

  /** Adds a route for anybody. */
  void open(String method, String path, Handler handler) {
    add(method, path, handler, true);
  }

  private void add(String method, String path, Handler handler, boolean anonymous) {
    String regex = "/api" + path.replace("*", "([^/]+)").replace("#", "([^/]+)");
    routes.add(new Route(method, Pattern.compile(regex), handler, anonymous));
  }

  Answer dispatch(Call call) {
    boolean known = false;
    for (Route route : routes) {
      Matcher matcher = route.path().matcher(call.path);
      if (!matcher.matches()) {
        continue;
      }
      known = true;
      if (route.method().equals(call.method)) {
        if (!route.anonymous()) {
          call.user();
        }
        List<String> args = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
          String part = matcher.group(i).replace("+", "%2B");
          args.add(URLDecoder.decode(part, StandardCharsets.UTF_8));
        }
        return route.handler().handle(call, args);
      }
    }
    if (known) {
      call.user();
      throw ApiError.detail(405, "Method \"" + call.method + "\" not allowed.");
    }
    throw ApiError.noSuchPage();
  }

  /** The number in a path. */
  static int id(List<String> args) {
    try {
      return Integer.parseInt(args.get(0));
    } catch (NumberFormatException e) {
      throw ApiError.notFound();
    }
  }
}

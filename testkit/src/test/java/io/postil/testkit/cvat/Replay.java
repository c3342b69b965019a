package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.testkit.TestMedia;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One recorded file played against an emulator, with what was there before made up. */
final class Replay implements AutoCloseable {
  private static final Pattern PLACE =
      Pattern.compile("/(tasks|jobs|projects|labels|organizations|issues|webhooks)/(\\d+)");

  /** Exchanges that depend on what else was on the server, and on the machine it ran on. */
  private static final Set<String> LOOSE =
      Set.of(
          "16-lists",
          "17-webhooks",
          "32-strategies",
          "tasks in the personal workspace only (empty header)",
          "project by exact name filter",
          "project by search");

  private static final Set<String> LEFT_OUT =
      Set.of(
          // Its health report lists parts the emulator does not have.
          "health",
          // Needs a bucket.
          "cloud storage, bucket out of reach",
          // A client of ours never says a wrong first frame.
          "first shape earlier than the track's frame",
          // Frames of videos are not decoded.
          "stepped video {'frame_filter': 'step=7'}, frame 0");

  private final String name;
  private final CvatEmulator emulator;
  private final Client client;
  private final ReplaySetup setup;
  private final Ids ids = new Ids();
  private final List<String> differences = new ArrayList<>();
  private final Map<String, byte[]> uploaded = new HashMap<>();
  private int played;

  Replay(String name, Path directory) {
    this.name = name;
    Path share = directory.resolve("share");
    for (int i = 0; i < 3; i++) {
      TestMedia.write(share.resolve("probe/s" + i + ".jpg"), TestMedia.jpeg(640, 480, i));
    }
    CvatEmulator.Options options = CvatEmulator.Options.of(CvatEmulator.OLD).withShare(share);
    this.emulator =
        CvatEmulator.start(name.equals("10-upload-tus") ? options.withoutProxy() : options);
    this.client = new Client(emulator);
    this.setup = new ReplaySetup(name, client, ids);
  }

  List<String> differences() {
    return differences;
  }

  int played() {
    return played;
  }

  void play(Document exchange) {
    String what = exchange.getString("name", "");
    if (LEFT_OUT.contains(what)) {
      return;
    }
    Document request = exchange.getDocument("request");
    Document recorded = exchange.getDocument("response");
    String path = request.getString("path", "");
    Document headers = request.getDocument("headers");
    String user = user(what);
    String method = request.getString("method", "GET");
    Matcher place = PLACE.matcher(path);
    if (place.find()) {
      setup.ensure(place.group(1), Integer.parseInt(place.group(2)), headers);
    }
    Matcher query = Pattern.compile("(task|project)_id=(\\d+)").matcher(path);
    if (query.find()) {
      setup.ensure(query.group(1) + "s", Integer.parseInt(query.group(2)), headers);
    }
    if (request.get("body") instanceof Document body
        && body.get("project_id") instanceof Number n) {
      setup.ensure("projects", n.intValue(), headers);
    }
    setup.before(what, path);
    String rewritten = ids.path(setup.address(path));
    if (method.equals("GET")
        && rewritten.matches(".*/(data/meta|annotations|data|preview).*|.*jobs\\?task.*")) {
      setup.waitFor(rewritten);
    }
    Client.Request call = new Client.Request(method, rewritten, user);
    addHeaders(call, headers, what);
    addBody(call, request.get("body"), what);
    Client.Reply reply = client.send(call);
    played++;
    if (reply.header("location") instanceof String location && location.contains("/data/")) {
      ids.put("upload", "last", location.substring(location.lastIndexOf('/') + 1));
    }
    compare(what, recorded, reply);
  }

  private static String user(String what) {
    if (what.contains("as admin")) {
      return CvatEmulator.ADMIN;
    }
    return what.startsWith("another user")
            || what.startsWith("the assignee")
            || what.contains("someone else")
        ? CvatEmulator.OTHER_USER
        : CvatEmulator.USER;
  }

  private void addHeaders(Client.Request call, Document headers, String what) {
    String authorization = headers.getString("Authorization", "");
    if (authorization.startsWith("Token")) {
      call.header(
          "Authorization",
          what.contains("after logout") ? "Token gone" : "Token " + client.token(call.user()));
    } else if (authorization.startsWith("Basic")) {
      String password = what.contains("wrong") ? "wrong" : CvatEmulator.PASSWORD;
      String pair = call.user() + ":" + password;
      call.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    } else if (!authorization.isEmpty()) {
      call.header("Authorization", "Bearer nobody");
    } else if (headers.contains("Cookie")) {
      call.withCookies();
    }
    for (String name : headers.names()) {
      switch (name) {
        case "Authorization", "Cookie", "Accept", "Content-Type" -> {}
        case "X-CSRFToken" -> call.header(name, client.cookie("csrftoken"));
        case "X-Forwarded-Host" -> call.header(name, emulator.url().substring(7));
        default -> call.header(name, headers.getString(name, ""));
      }
    }
    if (headers.getString("Accept") instanceof String accept && !accept.equals("*/*")) {
      call.header("Accept", accept);
    }
    if (headers.getString("Content-Type") instanceof String type
        && !type.startsWith("multipart/")) {
      call.header("Content-Type", type);
    }
  }

  private void addBody(Client.Request call, @Nullable Object body, String what) {
    if (body instanceof Document document && document.contains("multipart")) {
      Client.Form form = new Client.Form();
      int number = 0;
      for (Object part : document.getList("multipart")) {
        Document entry = (Document) part;
        String file = entry.getString("filename");
        if (file == null) {
          form.text(entry.getString("name", ""), entry.getString("value", ""));
        } else {
          form.file(
              entry.getString("name", ""), file, file(file, entry.getLong("bytes", 0), ++number));
        }
      }
      call.form(form);
    } else if (body instanceof Document document && document.contains("sha256")) {
      int from = Integer.parseInt(call.header("Upload-Offset"));
      byte[] big = uploaded.computeIfAbsent("big", b -> setup.bigPicture());
      ByteArrayOutputStream chunk = new ByteArrayOutputStream();
      chunk.write(big, from, (int) document.getLong("bytes", 0));
      call.bytes(chunk.toByteArray());
    } else if (body instanceof String text) {
      call.bytes(text.getBytes(StandardCharsets.UTF_8));
    } else if (body != null) {
      String password = what.contains("wrong password") ? "wrong" : CvatEmulator.PASSWORD;
      String text = Json.write(setup.complete(ids.body(body), what));
      call.bytes(text.replace("<secret>", password).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] file(String name, long bytes, int number) {
    if (bytes < 10) {
      return "nope\n".getBytes(StandardCharsets.UTF_8);
    }
    return name.endsWith(".mp4") ? TestMedia.mp4(320, 240, 60) : TestMedia.jpeg(640, 480, number);
  }

  private void compare(String what, Document recorded, Client.Reply reply) {
    List<String> found = new ArrayList<>();
    long status = recorded.getLong("status", 0);
    if (status != reply.status()) {
      found.add("status " + reply.status() + " instead of " + status + ": " + reply.text());
    } else {
      Map<String, String> same = new LinkedHashMap<>();
      recorded
          .getDocument("headers")
          .forEach((header, value) -> same.put(header, String.valueOf(value)));
      for (String header :
          List.of(
              "location",
              "tus-resumable",
              "upload-offset",
              "upload-length",
              "upload-filename",
              "retry-after",
              "www-authenticate")) {
        if (same.containsKey(header) && reply.header(header) == null) {
          found.add("no header " + header);
        }
      }
      Object body = recorded.get("body");
      boolean binary = body instanceof Document d && d.contains("sha256");
      if (!binary) {
        new Comparison(ids, LOOSE.contains(name) || LOOSE.contains(what), found)
            .compare(body, reply.json());
      }
    }
    found.forEach(f -> differences.add(what + ": " + f));
  }

  @Override
  public void close() {
    setup.close();
    client.close();
    emulator.close();
  }
}

package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Organization;
import io.postil.testkit.cvat.State.User;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who asks, and for which workspace: passwords, tokens, sessions, users. */
final class Auth {
  private static final int ANONYMOUS_PER_MINUTE = 100;

  private final State state;
  private final boolean throttles;
  private final Deque<Instant> anonymous = new ArrayDeque<>();

  Auth(State state, boolean throttles) {
    this.state = state;
    this.throttles = throttles;
  }

  void addTo(Router router) {
    router.open("POST", "/auth/login", (call, args) -> login(call));
    router.on("POST", "/auth/logout", (call, args) -> logout(call));
    router.on("GET", "/users/self", (call, args) -> Answer.ok(user(call, call.user(), true)));
    router.on("GET", "/users", (call, args) -> users(call));
    if (state.modern) {
      router.on("POST", "/auth/access_tokens", (call, args) -> createToken(call));
      router.on(
          "GET", "/auth/access_tokens", (call, args) -> Answer.ok(Lists.page(call, List.of())));
    }
  }

  // --- identification -------------------------------------------------------------------------

  void identify(Call call) {
    String accept = call.header("Accept");
    if (accept != null
        && !accept.contains("*/*")
        && !accept.contains("application/*")
        && !accept.contains("application/vnd.cvat+json")) {
      throw ApiError.detail(406, "Could not satisfy the request Accept header.");
    }
    String authorization = call.header("Authorization");
    if (authorization != null && authorization.startsWith("Token ")) {
      User user = state.tokens.get(authorization.substring(6));
      if (user == null) {
        throw ApiError.detail(401, "Invalid token.");
      }
      call.signIn(user);
    } else if (authorization != null && authorization.startsWith("Basic ")) {
      call.signIn(basic(authorization.substring(6)));
    } else if (authorization != null && authorization.startsWith("Bearer ")) {
      User user = state.accessTokens.get(authorization.substring(7));
      if (user != null) {
        call.signIn(user);
      } else if (state.modern) {
        throw ApiError.detail(401, "Invalid access token.");
      }
    } else {
      session(call);
    }
    if (call.isAnonymous()) {
      throttle(call);
    } else {
      organization(call);
    }
  }

  private User basic(String encoded) {
    String text;
    try {
      text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      text = "";
    }
    int colon = text.indexOf(':');
    for (User user : state.users.values()) {
      if (colon >= 0
          && user.name.equals(text.substring(0, colon))
          && user.password.equals(text.substring(colon + 1))) {
        return user;
      }
    }
    throw ApiError.detail(401, "Invalid username/password.");
  }

  private void session(Call call) {
    String session = cookie(call, "sessionid");
    User user = session == null ? null : state.sessions.get(session);
    if (user == null) {
      return;
    }
    call.signIn(user);
    if (List.of("GET", "HEAD", "OPTIONS").contains(call.method)) {
      return;
    }
    String origin = call.header("Origin");
    if (origin != null && !origin.equals(call.root())) {
      throw ApiError.detail(
          403,
          "CSRF Failed: Origin checking failed - "
              + origin
              + " does not match any trusted origins.");
    }
    String token = call.header("X-CSRFToken");
    if (token == null || !token.equals(cookie(call, "csrftoken"))) {
      throw ApiError.detail(403, "CSRF Failed: CSRF token missing.");
    }
  }

  private static @Nullable String cookie(Call call, String name) {
    String header = call.header("Cookie");
    if (header != null) {
      for (String part : header.split(";")) {
        String cookie = part.strip();
        if (cookie.startsWith(name + "=")) {
          return cookie.substring(name.length() + 1);
        }
      }
    }
    return null;
  }

  private void throttle(Call call) {
    if (!throttles) {
      return;
    }
    Instant now = state.now();
    Instant minuteAgo = now.minus(Duration.ofMinutes(1));
    while (!anonymous.isEmpty() && anonymous.getFirst().isBefore(minuteAgo)) {
      anonymous.removeFirst();
    }
    if (anonymous.size() >= ANONYMOUS_PER_MINUTE) {
      long wait = Math.max(1, Duration.between(minuteAgo, anonymous.getFirst()).toSeconds());
      call.set("Retry-After", String.valueOf(wait));
      throw ApiError.detail(
          429, "Request was throttled. Expected available in " + wait + " seconds.");
    }
    anonymous.addLast(now);
  }

  private void organization(Call call) {
    String header = call.header("X-Organization");
    String slug = call.query.getOrDefault("org", header);
    String id = call.query.get("org_id");
    if (slug != null && id != null && !id.isEmpty()) {
      throw ApiError.invalid(
          "You cannot specify \"org_id\" query parameter with \"org\" query parameter or"
              + " \"X-Organization\" HTTP header at the same time.");
    }
    if (slug != null && slug.isEmpty() || slug == null && "".equals(id)) {
      call.inPersonalWorkspace();
    } else if (slug != null || id != null) {
      String key = slug == null ? id : slug;
      Organization found =
          state.organizations.values().stream()
              .filter(o -> slug == null ? String.valueOf(o.id).equals(id) : o.slug.equals(slug))
              .findFirst()
              .orElseThrow(() -> ApiError.detail(404, key + " organization does not exist."));
      if (!call.user().admin && !found.roles.containsKey(call.user().id)) {
        throw ApiError.forbidden();
      }
      call.inOrganization(found);
    }
  }

  // --- login and tokens -----------------------------------------------------------------------

  User byName(String name) {
    return state.users.values().stream()
        .filter(u -> u.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no user " + name));
  }

  /** The one token of a user. */
  String tokenOf(User user) {
    for (Map.Entry<String, User> entry : state.tokens.entrySet()) {
      if (entry.getValue() == user) {
        return entry.getKey();
      }
    }
    String token = UUID.randomUUID().toString().replace("-", "");
    state.tokens.put(token, user);
    return token;
  }

  private Answer login(Call call) {
    Document body = call.object();
    for (User user : state.users.values()) {
      boolean named =
          user.name.equals(body.getString("username"))
              || user.email().equals(body.getString("email"));
      if (named && user.password.equals(body.getString("password"))) {
        String session = UUID.randomUUID().toString();
        state.sessions.put(session, user);
        call.addCookie("csrftoken=" + UUID.randomUUID() + "; Path=/; SameSite=Lax");
        call.addCookie("sessionid=" + session + "; HttpOnly; Path=/; SameSite=Lax");
        return Answer.ok(Entity.of("key", tokenOf(user)));
      }
    }
    throw ApiError.field("non_field_errors", "Unable to log in with provided credentials.");
  }

  private Answer logout(Call call) {
    User user = call.user();
    state.tokens.values().removeIf(u -> u == user);
    String session = cookie(call, "sessionid");
    if (session != null) {
      state.sessions.remove(session);
    }
    return Answer.ok(Entity.of("detail", "Successfully logged out."));
  }

  private Answer createToken(Call call) {
    Document body = call.object();
    String value = "cvat_" + UUID.randomUUID().toString().replace("-", "");
    state.accessTokens.put(value, call.user());
    int id = state.nextId("access_token");
    return Answer.created(
        Entity.of(
            "id",
            id,
            "name",
            body.getString("name", ""),
            "created_date",
            state.now().toString(),
            "updated_date",
            state.now().toString(),
            "expiry_date",
            body.get("expiry_date"),
            "last_used_date",
            null,
            "read_only",
            body.getBoolean("read_only", false),
            "owner",
            brief(call, call.user()),
            "value",
            value));
  }

  // --- users ----------------------------------------------------------------------------------

  private Answer users(Call call) {
    User self = call.user();
    Organization organization = call.organization();
    List<Entity> found =
        state.users.values().stream()
            .filter(
                u ->
                    self.admin
                        || organization != null && organization.roles.containsKey(u.id)
                        || u == self && organization == null)
            .filter(
                u -> {
                  String search = call.query.get("search");
                  String name = call.query.get("username");
                  return (search == null || u.name.contains(search))
                      && (name == null || u.name.equals(name));
                })
            .map(u -> user(call, u, self.admin || u == self))
            .toList();
    return Answer.ok(Lists.page(call, found));
  }

  private Entity user(Call call, User user, boolean all) {
    Entity entity = brief(call, user);
    if (all) {
      entity.put("email", user.email());
      entity.put("groups", List.of(user.admin ? "admin" : "user"));
      entity.put("is_staff", user.admin);
      entity.put("is_superuser", user.admin);
      entity.put("is_active", true);
      entity.put("last_login", user.joined.toString());
      entity.put("date_joined", user.joined.toString());
    }
    return entity;
  }

  static Entity brief(Call call, User user) {
    return Entity.of(
        "url",
        call.url("/users/" + user.id),
        "id",
        user.id,
        "username",
        user.name,
        "first_name",
        "",
        "last_name",
        "");
  }
}

package io.postil.backends.cvat;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the ids of users by their names. */
final class People {
  private final CvatServer server;
  private final Map<String, Integer> known = new HashMap<>();

  People(CvatServer server) {
    this.server = server;
  }

  /** Fails if there are names that nobody has, naming all of them. */
  void check(Collection<String> names) {
    List<Problem> problems = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      if (find(name) == null) {
        problems.add(missing(name));
      }
    }
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
  }

  int id(String name) {
    Integer id = find(name);
    if (id == null) {
      throw PostilException.of(List.of(missing(name)));
    }
    return id;
  }

  private Problem missing(String name) {
    String nearest =
        Nearest.to(
            name,
            server.all("/users").stream().map(user -> user.getString("username", "")).toList());
    String organization = server.organization();
    return new Problem(
        ErrorCode.INVALID_REQUEST,
        "CVAT shows this account no user '" + name + "' to assign",
        nearest != null
            ? "Did you mean " + nearest + "?"
            : organization != null
                ? "Make them a member of the organization '" + organization + "'."
                : "Outside an organization an account sees only itself: set organization, and make"
                    + " them a member.");
  }

  private @Nullable Integer find(String name) {
    Integer id = known.get(name);
    if (id == null) {
      // Servers before 2.5 know no exact filter and pass it over.
      for (Document user : server.all("/users", "username", name, "search", name)) {
        if (name.equals(user.getString("username"))) {
          id = (int) user.getLong("id", 0);
          known.put(name, id);
        }
      }
    }
    return id;
  }
}

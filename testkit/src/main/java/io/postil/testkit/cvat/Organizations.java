package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Organization;
import io.postil.testkit.cvat.State.User;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Organizations, who is in them, and invitations, which are taken at once. */
final class Organizations {
  private final State state;

  Organizations(State state) {
    this.state = state;
  }

  void addTo(Router router) {
    router.on("POST", "/organizations", (call, args) -> create(call));
    router.on("GET", "/organizations", (call, args) -> list(call));
    router.on("DELETE", "/organizations/#", (call, args) -> delete(call, Router.id(args)));
    router.on("POST", "/invitations", (call, args) -> invite(call));
    router.on("GET", "/memberships", (call, args) -> members(call));
  }

  private Answer create(Call call) {
    Document body = call.object();
    String slug = body.getString("slug", "");
    if (slug.isEmpty()) {
      throw ApiError.field("slug", "This field is required.");
    }
    Organization organization =
        new Organization(
            state.nextId("organization"),
            slug,
            body.getString("name", ""),
            call.user(),
            state.now());
    state.organizations.put(organization.id, organization);
    return Answer.created(toEntity(call, organization));
  }

  private Answer list(Call call) {
    return Answer.ok(
        Lists.page(
            call,
            state.organizations.values().stream()
                .filter(o -> call.user().admin || o.roles.containsKey(call.user().id))
                .map(o -> toEntity(call, o))
                .toList()));
  }

  private Answer delete(Call call, int id) {
    Organization organization = state.organizations.get(id);
    if (organization == null) {
      throw ApiError.notFound();
    }
    if (organization.owner != call.user() && !call.user().admin) {
      throw ApiError.forbidden();
    }
    state.organizations.remove(id);
    state.tasks.values().removeIf(t -> t.organization == organization);
    state.projects.values().removeIf(p -> p.organization == organization);
    state.jobs.values().removeIf(j -> j.task.organization == organization);
    return Answer.empty(204);
  }

  private Answer invite(Call call) {
    Document body = call.object();
    Organization organization = call.organization();
    if (organization == null) {
      throw ApiError.forbidden();
    }
    for (User user : state.users.values()) {
      if (user.email().equals(body.getString("email"))) {
        String role = body.getString("role", "worker");
        organization.roles.put(user.id, role);
        return Answer.created(
            Entity.of(
                "key",
                UUID.randomUUID().toString(),
                "created_date",
                state.now().toString(),
                "owner",
                Auth.brief(call, call.user()),
                "role",
                role,
                "user",
                Auth.brief(call, user),
                "organization",
                organization.id,
                "expired",
                null,
                "organization_info",
                Entity.of("id", organization.id, "slug", organization.slug)));
      }
    }
    throw ApiError.field("email", "Enter a valid email address.");
  }

  private Answer members(Call call) {
    Organization organization = call.organization();
    List<Entity> members = new ArrayList<>();
    if (organization != null) {
      organization.roles.forEach(
          (id, role) ->
              members.add(
                  0,
                  Entity.of(
                      "id",
                      organization.id * 1000 + id,
                      "user",
                      Auth.brief(call, state.user(id)),
                      "organization",
                      organization.id,
                      "is_active",
                      true,
                      "joined_date",
                      organization.created.toString(),
                      "role",
                      role,
                      "invitation",
                      role.equals("owner") ? null : "accepted")));
    }
    return Answer.ok(Lists.page(call, members));
  }

  private static Entity toEntity(Call call, Organization organization) {
    return Entity.of(
        "id",
        organization.id,
        "slug",
        organization.slug,
        "name",
        organization.name,
        "description",
        "",
        "created_date",
        organization.created.toString(),
        "updated_date",
        organization.created.toString(),
        "contact",
        new Entity(),
        "owner",
        Auth.brief(call, organization.owner));
  }
}

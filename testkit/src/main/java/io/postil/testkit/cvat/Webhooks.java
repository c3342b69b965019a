package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Tells other servers what happened in a project, signed with a secret; at once, and only once. */
final class Webhooks {
  private static final List<String> EVENTS =
      List.of(
          "create:comment",
          "create:issue",
          "create:job",
          "create:task",
          "delete:comment",
          "delete:issue",
          "delete:job",
          "delete:project",
          "delete:task",
          "update:comment",
          "update:issue",
          "update:job",
          "update:project",
          "update:task");

  /** A webhook. */
  static final class Webhook {
    final int id;
    final Document spec;
    final State.User owner;
    final Instant created;
    final List<Entity> deliveries = new ArrayList<>();

    Webhook(int id, Document spec, State.User owner, Instant created) {
      this.id = id;
      this.spec = spec;
      this.owner = owner;
      this.created = created;
    }
  }

  private final State state;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  Webhooks(State state) {
    this.state = state;
  }

  void addTo(Router router) {
    router.on(
        "GET",
        "/webhooks/events",
        (call, args) ->
            Answer.ok(Entity.of("webhook_type", call.query.get("type"), "events", EVENTS)));
    router.on("POST", "/webhooks", (call, args) -> create(call));
    router.on(
        "GET",
        "/webhooks",
        (call, args) ->
            Answer.ok(
                Lists.page(
                    call, state.webhooks.values().stream().map(w -> toEntity(call, w)).toList())));
    router.on("POST", "/webhooks/#/ping", (call, args) -> ping(call, find(Router.id(args))));
    router.on(
        "GET",
        "/webhooks/#/deliveries",
        (call, args) -> Answer.ok(Lists.page(call, find(Router.id(args)).deliveries.reversed())));
    router.on("DELETE", "/webhooks/#", (call, args) -> delete(Router.id(args)));
  }

  private Webhook find(int id) {
    Webhook webhook = state.webhooks.get(id);
    if (webhook == null) {
      throw ApiError.notFound();
    }
    return webhook;
  }

  private Answer create(Call call) {
    Document spec = call.object();
    if (spec.get("project_id") instanceof Number id && !state.projects.containsKey(id.intValue())) {
      throw ApiError.notFound();
    }
    Webhook webhook = new Webhook(state.nextId("webhook"), spec, call.user(), state.now());
    state.webhooks.put(webhook.id, webhook);
    call.set("Location", call.url("/webhooks/" + webhook.id));
    return Answer.created(toEntity(call, webhook));
  }

  private Answer delete(int id) {
    state.webhooks.remove(find(id).id);
    return Answer.empty(204);
  }

  private Answer ping(Call call, Webhook webhook) {
    Entity body =
        Entity.of(
            "event",
            "ping",
            "webhook",
            toEntity(call, webhook),
            "sender",
            Auth.brief(call, call.user()));
    return Answer.ok(deliver(webhook, "ping", body, ""));
  }

  void tell(String event, int project, String name, Entity entity, Call call) {
    tell(event, project, name, entity, call, null);
  }

  void tell(
      String event,
      int project,
      String name,
      Entity entity,
      Call call,
      @Nullable Entity beforeUpdate) {
    for (Webhook webhook : List.copyOf(state.webhooks.values())) {
      if (webhook.spec.getLong("project_id", 0) != project
          || !webhook.spec.getList("events").contains(event)
          || !webhook.spec.getBoolean("is_active", true)) {
        continue;
      }
      Entity body =
          Entity.of("event", event, name, entity, "sender", Auth.brief(call, call.user()));
      if (beforeUpdate != null) {
        body.put("before_update", beforeUpdate);
      }
      body.put("webhook_id", webhook.id);
      deliver(
          webhook,
          event,
          body,
          beforeUpdate == null ? "" : String.join(",", beforeUpdate.keySet()));
    }
  }

  private Entity deliver(Webhook webhook, String event, Entity body, String changed) {
    String text = Json.write(body);
    int status;
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(webhook.spec.getString("target_url", "")))
              .timeout(Duration.ofSeconds(10))
              .header("User-Agent", "CVAT/" + state.version)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(text));
      String secret = webhook.spec.getString("secret");
      if (secret != null && !secret.isEmpty()) {
        request.header("X-Signature-256", "sha256=" + sign(secret, text));
      }
      status = client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      status = 0;
    } catch (IOException e) {
      status = 502;
    }
    Entity delivery =
        Entity.of(
            "id",
            state.nextId("delivery"),
            "webhook_id",
            webhook.id,
            "event",
            event,
            "status_code",
            status,
            "redelivery",
            false,
            "created_date",
            state.now().toString(),
            "updated_date",
            state.now().toString(),
            "changed_fields",
            changed,
            "request",
            body,
            "response",
            "");
    webhook.deliveries.add(delivery);
    return delivery;
  }

  private static String sign(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Entity toEntity(Call call, Webhook webhook) {
    Document spec = webhook.spec;
    return Entity.of(
        "id",
        webhook.id,
        "url",
        call.url("/webhooks/" + webhook.id),
        "target_url",
        spec.getString("target_url", ""),
        "description",
        spec.getString("description", ""),
        "type",
        spec.getString("type", "project"),
        "content_type",
        spec.getString("content_type", "application/json"),
        "is_active",
        spec.getBoolean("is_active", true),
        "enable_ssl",
        spec.getBoolean("enable_ssl", true),
        "created_date",
        webhook.created.toString(),
        "updated_date",
        webhook.created.toString(),
        "owner",
        Auth.brief(call, webhook.owner),
        "project_id",
        spec.get("project_id"),
        "organization",
        null,
        "events",
        spec.getList("events").stream().map(String::valueOf).sorted().toList());
  }
}

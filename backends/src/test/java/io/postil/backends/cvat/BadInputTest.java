package io.postil.backends.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.testkit.cvat.CvatEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be is said with the thing, the place and the remedy, and nothing is left behind. */
@Tag("cvat")
class BadInputTest {
  private static final AnnotationRequest LABELS = AnnotationRequest.ofField("labels");

  @TempDir Path home;
  private CvatFixture cvat;

  @BeforeEach
  void start() {
    cvat = CvatFixture.images(home, CvatEmulator.OLD).field("labels", "Detections");
    cvat.image(
        "a.png",
        "labels",
        new Detections(List.of(Detection.of("car", new BoundingBox(0.1, 0.2, 0.3, 0.3)))));
  }

  @AfterEach
  void stop() {
    cvat.close();
  }

  private void refused(AnnotationRequest request, ErrorCode code, String... parts) {
    try {
      cvat.annotate(request);
    } catch (PostilException e) {
      String all = e.getMessage() + " | " + e.problems();
      assertThat(e.code()).as(all).isEqualTo(code);
      assertThat(all).contains(parts);
      assertThat(e.problems()).allMatch(p -> p.remedy() != null);
      assertThat(cvat.annotator.tasks()).isEmpty();
      return;
    }
    throw new AssertionError("nothing was refused");
  }

  /** A server that answers everything with one text. */
  private static HttpServer web(int status, String text) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String address(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void anAddressThatIsNone() {
    cvat.with("url", "cvat");
    refused(LABELS, ErrorCode.INVALID_REQUEST, "'cvat' is no address of CVAT");
  }

  @Test
  void anAddressWhereNothingIs() throws IOException {
    HttpServer gone = web(200, "");
    cvat.with("url", address(gone));
    gone.stop(0);
    refused(LABELS, ErrorCode.BACKEND_UNREACHABLE, "CVAT cannot be reached", address(gone));
  }

  @Test
  void anotherServer() throws IOException {
    HttpServer other = web(200, "<!doctype html><title>Grafana</title>");
    cvat.with("url", address(other));
    refused(LABELS, ErrorCode.BACKEND_UNREACHABLE, "no CVAT answers at");
    other.stop(0);
  }

  @Test
  void anotherApi() throws IOException {
    HttpServer other = web(200, "{\"status\": \"ok\"}");
    cvat.with("url", address(other));
    refused(LABELS, ErrorCode.BACKEND_UNREACHABLE, "no CVAT answers at", "gave no version");
    other.stop(0);
  }

  @Test
  void aServerThatIsTooOld() throws IOException {
    HttpServer old = web(200, "{\"name\": \"CVAT\", \"version\": \"2.3.1\"}");
    cvat.with("url", address(old));
    refused(LABELS, ErrorCode.BACKEND_UNREACHABLE, "CVAT 2.3.1", "too old", "2.4");
    old.stop(0);
  }

  @Test
  void aTokenThatIsWrong() {
    cvat.with("token", "0123456789");
    refused(LABELS, ErrorCode.BACKEND_REFUSED_CREDENTIALS, "refused the token", "expired");
  }

  @Test
  void aPasswordThatIsWrong() {
    cvat.with("token", "").with("username", "worker1").with("password", "wrong");
    refused(LABELS, ErrorCode.BACKEND_REFUSED_CREDENTIALS, "refused the user name or password");
  }

  @Test
  void noCredentials() {
    cvat.with("token", "");
    refused(LABELS, ErrorCode.BACKEND_REFUSED_CREDENTIALS, "no credentials", "FIFTYONE_CVAT");
  }

  @Test
  void aPasswordThatIsRightIsTurnedIntoATokenOnce() {
    cvat.with("token", "")
        .with("email", "worker1@example.org")
        .with("password", CvatEmulator.PASSWORD);
    cvat.server.clearRequests();
    cvat.annotate(LABELS);

    assertThat(cvat.server.requests()).filteredOn(r -> r.contains("/auth/")).hasSize(1);
    assertThat(cvat.load().changesAnything()).isFalse();
  }

  @Test
  void whoeverSignsOutInABrowserDoesNotEndARunWithAPassword() {
    cvat.with("token", "")
        .with("username", CvatEmulator.USER)
        .with("password", CvatEmulator.PASSWORD);
    cvat.server
        .faults()
        .on("PATCH", "/api/tasks/\\d+/annotations")
        .before(() -> cvat.annotator.call("POST", "/auth/logout", null));

    cvat.annotate(LABELS);

    assertThat(cvat.server.requests()).filteredOn(r -> r.contains("/auth/login")).hasSize(2);
    assertThat(cvat.load().changesAnything()).isFalse();
  }

  @Test
  void anAccessTokenOfANewServer() {
    try (CvatFixture modern =
        CvatFixture.images(home.resolve("new"), CvatEmulator.NEW).field("labels", "Detections")) {
      modern.image("a.png", "labels", new Detections(List.of()));
      String token =
          modern
              .annotator
              .call("POST", "/auth/access_tokens", Document.of("name", "postil"))
              .getString("value", "");
      modern.with("token", token);
      modern.annotate(LABELS.labelType("detections").classes("car"));

      assertThat(modern.load().changesAnything()).isFalse();
    }
  }

  @Test
  void anOrganizationThatIsNotThere() {
    cvat.with("organization", "nobody");
    refused(LABELS, ErrorCode.INVALID_REQUEST, "no organization 'nobody'");
  }

  @Test
  void peopleWhoCannotBeAssigned() {
    cvat.with("job_assignees", Values.listOf("review1", "worker1", "stranger"));
    refused(LABELS, ErrorCode.SEVERAL_PROBLEMS, "'review1'", "'stranger'", "organization");
  }

  @Test
  void somebodyWhoseNameIsMistyped() {
    cvat.with("task_assignee", "worker11");
    refused(LABELS, ErrorCode.INVALID_REQUEST, "'worker11'", "Did you mean worker1?");
  }

  @Test
  void aProjectThatIsNotThere() {
    cvat.with("project_id", 77);
    refused(LABELS, ErrorCode.INVALID_REQUEST, "no project 77");
  }

  @Test
  void aProjectWhoseLabelsDoNotFit() {
    cvat.annotator.call(
        "POST",
        "/projects",
        Document.of(
            "name",
            "Pets",
            "labels",
            Values.listOf(Document.of("name", "dog"), Document.of("name", "car"))));
    cvat.with("project_name", "Pets");
    refused(
        LABELS
            .classes("car", "bus")
            .attributes(Map.of("speed", Document.of("type", "text", "values", Values.listOf()))),
        ErrorCode.SEVERAL_PROBLEMS,
        "'Pets' has no labels bus",
        "'car' of the CVAT project 'Pets' has no attribute 'speed'");
  }

  @Test
  void namesThatAreTooLong() {
    String name = "c".repeat(65);
    refused(
        LABELS
            .classes("car", name)
            .attributes(
                Map.of("a".repeat(65), Document.of("type", "text", "values", Values.listOf()))),
        ErrorCode.SEVERAL_PROBLEMS,
        name,
        "of 65 characters; CVAT takes 64",
        "a".repeat(65));
  }

  @Test
  void parametersThatAreWrongAreSaidTogether() {
    cvat.with("task_size", 0)
        .with("image_quality", 101)
        .with("frame_step", 0)
        .with("project_name", "p".repeat(257));
    refused(
        LABELS,
        ErrorCode.SEVERAL_PROBLEMS,
        "task_size is 0",
        "image_quality is 101",
        "frame_step",
        "project_name has 257 characters");
  }

  @Test
  void aParameterThatIsNeitherTrueNorFalse() {
    cvat.with("use_cache", "maybe");
    refused(LABELS, ErrorCode.INVALID_REQUEST, "use_cache is maybe", "true or false");
  }

  @Test
  void aParameterThatIsMistyped() {
    cvat.with("segment_sizes", 3);
    refused(LABELS, ErrorCode.INVALID_REQUEST, "'segment_sizes'", "Did you mean segment_size?");
  }
}

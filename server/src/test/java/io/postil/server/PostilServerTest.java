package io.postil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.evaluation.DetectionEvaluation;
import io.postil.engine.evaluation.Evaluations;
import io.postil.store.sqlite.SqliteStoreProvider;
import io.postil.testkit.TestSamples;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostilServerTest {
  @TempDir Path home;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Sample> samples = new ArrayList<>();
  private DatasetStore store;
  private PostilServer server;

  @BeforeEach
  void start() throws Exception {
    store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
    Path picture = home.resolve("Straße 1.png");
    BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(image, "png", picture.toFile());
    for (int i = 0; i < 5; i++) {
      Detection car = Detection.of("car", new BoundingBox(0.1 * i, 0.2, 0.3, 0.4));
      samples.add(
          Sample.of(picture.toString())
              .with("ground_truth", new Detections(List.of(car), Document.empty()))
              .with("score", 0.5 * i));
    }
    store
        .create(TestSamples.imageDataset("streets"))
        .write(
            writer -> {
              samples.forEach(writer::insert);
              return null;
            });
    server = PostilServer.start(store, new NoRuns(), home, ServerOptions.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
    store.close();
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(at(path)).header("Authorization", "Bearer " + server.token());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String json) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  @Test
  void dataNeedsTheToken() throws Exception {
    assertThat(send(HttpRequest.newBuilder(at("/api/v1/app"))).statusCode()).isEqualTo(401);
    assertThat(
            send(HttpRequest.newBuilder(at("/media/streets/" + samples.get(0).id()))).statusCode())
        .isEqualTo(401);
    assertThat(
            send(HttpRequest.newBuilder(at("/api/v1/app")).header("Authorization", "Bearer guess"))
                .statusCode())
        .isEqualTo(401);
    assertThat(send(request("/api/v1/app")).statusCode()).isEqualTo(200);
  }

  @Test
  void aWebhookNeedsNoTokenButAKnownRunAndASmallBody() throws Exception {
    HttpRequest.Builder call = HttpRequest.newBuilder(at("/api/v1/hooks/streets/lost_run"));
    HttpResponse<String> unknown = send(call.POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(unknown.statusCode()).isNotIn(200, 401);
    assertThat(unknown.body()).contains("lost_run");
    HttpResponse<String> large =
        send(call.POST(HttpRequest.BodyPublishers.ofString("x".repeat(2 << 20))));
    assertThat(large.body()).contains("larger than");
    assertThat(send(call.GET()).body()).contains("there is no GET");
  }

  @Test
  void aTiffIsServedAsAPictureThatBrowsersShow() throws Exception {
    Path tiff = home.resolve("deep.tif");
    BufferedImage image = new BufferedImage(700, 9, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(3, 4, 0, 500);
    ImageIO.write(image, "tiff", tiff.toFile());
    Sample sample = Sample.of(tiff.toString());
    Sample broken =
        Sample.of(Files.write(home.resolve("cut.tif"), new byte[] {'I', 'I', 42, 0}).toString());
    store
        .open("streets")
        .write(
            writer -> {
              writer.insert(sample);
              writer.insert(broken);
              return null;
            });

    HttpResponse<InputStream> whole =
        client.send(
            request("/media/streets/" + sample.id()).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    HttpResponse<InputStream> small =
        client.send(
            request("/media/streets/" + sample.id() + "?thumbnail").build(),
            HttpResponse.BodyHandlers.ofInputStream());

    assertThat(whole.headers().firstValue("Content-Type")).contains("image/png");
    BufferedImage shown = ImageIO.read(whole.body());
    assertThat(shown.getWidth()).isEqualTo(700);
    assertThat(shown.getRaster().getSample(3, 4, 0)).isEqualTo(255);
    assertThat(small.headers().firstValue("Content-Type")).contains("image/jpeg");
    assertThat(ImageIO.read(small.body()).getWidth()).isEqualTo(480);
    assertThat(send(request("/media/streets/" + broken.id())).body())
        .contains("cut.tif", "cut off");
  }

  @Test
  void theFileOfAVideoTellsWhenItsFramesAreShown() throws Exception {
    Path videos = Path.of("../formats/src/test/resources/videos").toAbsolutePath();
    Sample even = Sample.of(videos.resolve("late.mp4").toString());
    Sample varying = Sample.of(videos.resolve("varying.webm").toString());
    store
        .create(TestSamples.imageDataset("videos"))
        .write(
            writer -> {
              writer.insert(even);
              writer.insert(varying);
              return null;
            });

    Document first =
        Json.readDocument(
            send(request("/api/v1/datasets/videos/samples/" + even.id() + "/video")).body());
    Document second =
        Json.readDocument(
            send(request("/api/v1/datasets/videos/samples/" + varying.id() + "/video")).body());
    Document picture =
        Json.readDocument(
            send(request("/api/v1/datasets/streets/samples/" + samples.get(0).id() + "/video"))
                .body());

    assertThat(first.getDouble("start")).isEqualTo(0.5);
    assertThat(first.getDouble("rate")).isBetween(29.999, 30.001);
    assertThat(first.getLong("frames", 0)).isEqualTo(36);
    assertThat(first.getList("warnings")).isEmpty();
    assertThat(second.getList("times")).hasSize(36).startsWith(0.0, 0.033, 0.067);
    assertThat(second.getList("warnings").toString()).contains("VARIABLE_FRAME_RATE");
    assertThat(picture.names()).containsExactly("name", "warnings");
  }

  @Test
  void theHistoryOfADatasetIsServed() throws Exception {
    assertThat(send(request("/api/v1/datasets/streets/history")).body()).isEqualTo("[]");
  }

  @Test
  void evaluationsAreServedRenamedAndDeleted() throws Exception {
    StoredDataset streets = store.open("streets");
    streets.write(
        writer -> {
          writer.putInfo(
              writer
                  .info()
                  .withField("predictions", FieldSpec.embedded("predictions", "Detections")));
          return null;
        });
    new Evaluations(streets)
        .evaluateDetections(
            ViewDefinition.ALL,
            DetectionEvaluation.of("predictions", "ground_truth", "eval").withMap(null, 100));
    String path = "/api/v1/datasets/streets/evaluations";

    assertThat(send(request(path)).body()).contains("\"key\":\"eval\"", "\"mAP\":0.0");
    Document one = Json.readDocument(send(request(path + "/eval")).body());
    assertThat(one.getDocument("confusion").getList("labels")).containsExactly("car", "(none)");
    Document curves = Json.readDocument(send(request(path + "/eval/curves")).body());
    assertThat(curves.getDocument("precision").getList("car")).hasSize(10);

    assertThat(post(path + "/eval/rename", "{\"key\": \"first\"}").body()).contains("first");
    assertThat(send(request(path + "/eval")).statusCode()).isEqualTo(404);
    assertThat(send(request(path + "/first").DELETE()).statusCode()).isEqualTo(200);
    assertThat(send(request(path)).body()).isEqualTo("[]");
  }

  @Test
  void theOpenedAddressBecomesACookieThatScriptsCannotRead() throws Exception {
    HttpResponse<String> page =
        send(HttpRequest.newBuilder(URI.create(server.url("/datasets/streets"))));
    String cookie = page.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).contains("HttpOnly", "SameSite=Strict");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'self'");
    HttpRequest.Builder withCookie =
        HttpRequest.newBuilder(at("/api/v1/app")).header("Cookie", cookie.split(";", 2)[0]);
    assertThat(send(withCookie).statusCode()).isEqualTo(200);
  }

  @Test
  void aWrongTokenInTheAddressSetsNoCookie() throws Exception {
    HttpResponse<String> page = send(HttpRequest.newBuilder(at("/?token=guess")));
    assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void anotherPageOfTheSameBrowserIsRefused() throws Exception {
    HttpResponse<String> answer =
        send(request("/api/v1/app").header("Origin", "http://127.0.0.1:1"));
    assertThat(answer.statusCode()).isEqualTo(403);
  }

  @Test
  void aForeignHostNameIsRefused() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      OutputStream out = socket.getOutputStream();
      String request =
          "GET /api/v1/app HTTP/1.1\r\nHost: rebound.example\r\nAuthorization: Bearer "
              + server.token()
              + "\r\nConnection: close\r\n\r\n";
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void aDatasetIsDescribedWithItsFields() throws Exception {
    Document dataset = Json.readDocument(send(request("/api/v1/datasets/streets")).body());
    assertThat(dataset.getLong("samples", 0)).isEqualTo(5);
    Document field = (Document) dataset.getList("fields").get(0);
    assertThat(field.getString("name")).isEqualTo("ground_truth");
    assertThat(field.getString("list")).isEqualTo("detections");
  }

  @Test
  void pagesTogetherAreTheWholeDatasetInOrder() throws Exception {
    List<String> ids = new ArrayList<>();
    String snapshot = "";
    for (int offset = 0; offset < 5; offset += 2) {
      String query =
          "{\"view\":[],\"offset\":%d,\"limit\":2,\"fields\":[\"ground_truth\"]%s}"
              .formatted(offset, offset == 0 ? "" : ",\"snapshot\":\"" + snapshot + "\"");
      Document page = Json.readDocument(post("/api/v1/datasets/streets/samples", query).body());
      snapshot = page.getString("snapshot", "");
      assertThat(page.getLong("total", 0)).isEqualTo(5);
      page.getList("samples").forEach(s -> ids.add(((Document) s).getString("id", "")));
    }
    assertThat(ids).isEqualTo(samples.stream().map(s -> s.id().toString()).toList());
  }

  @Test
  void pagesOfAFilteredAndSortedViewShowWhatTheFilterLeaves() throws Exception {
    String view =
        """
        [{"_cls": "fiftyone.core.stages.SortBy",
          "kwargs": [["field_or_expr", "score"], ["reverse", true], ["create_index", true]]},
         {"_cls": "fiftyone.core.stages.FilterLabels",
          "kwargs": [["field", "ground_truth"],
                     ["filter", {"$in": ["$$this.label", ["bus"]]}],
                     ["only_matches", false], ["trajectories", false]]},
         {"_cls": "fiftyone.core.stages.Limit", "kwargs": [["limit", 3]]}]
        """;
    List<String> ids = new ArrayList<>();
    for (int offset = 0; offset < 4; offset += 2) {
      String query =
          "{\"view\":%s,\"offset\":%d,\"limit\":2,\"fields\":[\"ground_truth\"]}"
              .formatted(view, offset);
      Document page = Json.readDocument(post("/api/v1/datasets/streets/samples", query).body());
      assertThat(page.getLong("total", 0)).isEqualTo(3);
      for (Object sample : page.getList("samples")) {
        Document s = (Document) sample;
        ids.add(s.getString("id", ""));
        assertThat(s.getDocument("labels").getDocument("ground_truth").getList("labels")).isEmpty();
      }
    }
    assertThat(ids)
        .isEqualTo(
            List.of(samples.get(4), samples.get(3), samples.get(2)).stream()
                .map(s -> s.id().toString())
                .toList());
  }

  @Test
  void facetsCountClassesAndOutcomes() throws Exception {
    String answer =
        post("/api/v1/datasets/streets/facets", "{\"view\":[],\"fields\":[\"ground_truth\"]}")
            .body();
    Document facet = (Document) Json.readDocument("{\"f\":" + answer + "}").getList("f").get(0);
    assertThat(facet.getLong("labels", 0)).isEqualTo(5);
    assertThat(facet.getList("classes")).containsExactly(Document.of("value", "car", "count", 5));
    assertThat(facet.getList("outcomes")).isEmpty();
  }

  @Test
  void aSampleComesWithLabelsAndValues() throws Exception {
    String path = "/api/v1/datasets/streets/samples/" + samples.get(2).id();
    Document sample = Json.readDocument(send(request(path)).body());
    Document group = sample.getDocument("labels").getDocument("ground_truth");
    Document label = (Document) group.getList("labels").get(0);
    assertThat(label.getList("box")).isEqualTo(List.of(0.2, 0.2, 0.3, 0.4));
    assertThat(sample.getDocument("values").getDouble("score")).isEqualTo(1.0);
  }

  @Test
  void theFramesOfAVideoComeInPieces() throws Exception {
    Sample clip = Sample.of(home.resolve("clip.mp4").toString());
    store
        .create(TestSamples.videoDataset("clips"))
        .write(
            writer -> {
              writer.insert(clip);
              for (int number = 1; number <= 30; number++) {
                writer.insertFrame(TestSamples.frame(clip.id(), number, 2));
              }
              return null;
            });
    String path = "/api/v1/datasets/clips/samples/" + clip.id() + "/frames";

    String answer = send(request(path + "?first=10&last=12")).body();
    List<?> frames = Json.readDocument("{\"f\":" + answer + "}").getList("f");
    assertThat(frames).extracting(f -> ((Document) f).get("number")).containsExactly(10, 11, 12);
    Document group = ((Document) frames.get(1)).getDocument("labels").getDocument("objects");
    assertThat(((Document) group.getList("labels").get(1)).getList("box"))
        .isEqualTo(List.of(0.5, 0.25, 0.1, 0.1));

    assertThat(send(request(path + "?first=1&last=501")).body())
        .contains("Ask for 1 to 500 frames.");
    String facets =
        post("/api/v1/datasets/clips/facets", "{\"view\":[],\"fields\":[\"frames.objects\"]}")
            .body();
    assertThat(facets).contains("\"value\":\"dog\",\"count\":30");
  }

  @Test
  void mediaIsServedWholeOrInParts() throws Exception {
    String path = "/media/streets/" + samples.get(0).id();
    byte[] file = Files.readAllBytes(Path.of(samples.get(0).filepath()));
    HttpResponse<byte[]> whole =
        client.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(whole.body()).isEqualTo(file);
    assertThat(whole.headers().firstValue("Content-Type")).contains("image/png");
    HttpResponse<byte[]> part =
        client.send(
            request(path).header("Range", "bytes=4-9").build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).hasSize(6);
    assertThat(part.headers().firstValue("Content-Range")).contains("bytes 4-9/" + file.length);
    HttpResponse<String> beyond = send(request(path).header("Range", "bytes=999999-"));
    assertThat(beyond.statusCode()).isEqualTo(416);
  }

  @Test
  void onlyMediaOfSamplesIsServed() throws Exception {
    for (String path :
        List.of(
            "/media/streets/..%2f..%2fpostil.db",
            "/media/streets/000000000000000000000000", "/media/nowhere/" + samples.get(0).id())) {
      assertThat(send(request(path)).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void aLostFileIsNamedWithARemedy() throws Exception {
    Files.delete(Path.of(samples.get(0).filepath()));
    Document error =
        Json.readDocument(send(request("/media/streets/" + samples.get(0).id())).body());
    assertThat(error.getString("message")).contains("Straße 1.png");
    assertThat(error.getString("remedy")).contains("put it back");
  }

  @Test
  void savesListsAndDeletesViews() throws Exception {
    String best = "/api/v1/datasets/streets/views/the%20best%2F2";
    String limit = "[{\"_cls\":\"fiftyone.core.stages.Limit\",\"kwargs\":[[\"limit\",2]]}]";
    HttpResponse<String> saved = put(best, "{\"view\":" + limit + "}");
    assertThat(saved.statusCode()).isEqualTo(200);
    assertThat(Json.readDocument(saved.body()).getString("name")).isEqualTo("the best/2");

    assertThat(Json.read(send(request("/api/v1/datasets/streets/views")).body()))
        .isEqualTo(List.of(Json.read(send(request(best)).body())));
    assertThat(send(request("/api/v1/datasets/streets")).body()).contains("the best/2");
    String unknown = limit.replace("Limit", "Exists").replace("\"limit\",2", "\"nothing\",2");
    assertThat(put(best, "{\"view\":" + unknown + "}").statusCode()).isEqualTo(400);
    assertThat(put(best, "{}").statusCode()).isEqualTo(400);
    assertThat(send(request(best).DELETE()).statusCode()).isEqualTo(200);
    HttpResponse<String> gone = send(request(best));
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(Json.readDocument(gone.body()).getString("code")).isEqualTo("UNKNOWN_VIEW");
  }

  private HttpResponse<String> put(String path, String json) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(json)));
  }

  @Test
  void mistakesAreAnsweredWithCodeAndMessage() throws Exception {
    Map<String, Integer> expected =
        Map.of(
            "{\"view\":[],\"offset\":-1,\"limit\":2,\"fields\":[]}", 400,
            "{\"view\":[7],\"offset\":0,\"limit\":2,\"fields\":[]}", 400,
            "{\"view\":", 400);
    for (Map.Entry<String, Integer> e : expected.entrySet()) {
      HttpResponse<String> answer = post("/api/v1/datasets/streets/samples", e.getKey());
      assertThat(answer.statusCode()).as(e.getKey()).isEqualTo(e.getValue());
      assertThat(Json.readDocument(answer.body()).getString("message")).isNotBlank();
    }
    HttpResponse<String> run = send(request("/api/v1/datasets/streets/runs/nope"));
    assertThat(run.statusCode()).isEqualTo(404);
    assertThat(Json.readDocument(run.body()).getString("code")).isEqualTo("UNKNOWN_ANNO_KEY");
    HttpResponse<String> state = send(request("/api/v1/datasets/streets/runs?state=waitin"));
    assertThat(state.statusCode()).isEqualTo(400);
    assertThat(state.body()).contains("Did you mean waiting?");
    assertThat(send(request("/api/v1/datasets/streets/runs?state=waiting&field=gt")).body())
        .isEqualTo("[]");
    assertThat(send(request("/api/v1/nothing")).statusCode()).isEqualTo(400);
  }

  @Test
  void aBodyThatIsNoJsonIsRefused() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/api/v1/datasets/streets/samples")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void aPortInUseIsSaidClearly() {
    assertThatThrownBy(
            () ->
                PostilServer.start(
                    store, new NoRuns(), home, ServerOptions.DEFAULT.withPort(server.port())))
        .isInstanceOfSatisfying(
            PostilException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE);
              assertThat(e.remedy()).contains("--port");
            });
  }
}

package io.postil.backends.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  private static String of(Proxies proxies, String url) {
    Proxy proxy = proxies.select(URI.create(url)).get(0);
    return proxy.type() == Proxy.Type.DIRECT ? "direct" : String.valueOf(proxy.address());
  }

  @Test
  void readsTheEnvironmentAsOtherProgramsDo() {
    Proxies proxies =
        new Proxies(
            Map.of(
                "HTTPS_PROXY", "http://user:pass@proxy.corp:3128",
                "http_proxy", "other.corp:8080",
                "NO_PROXY", "internal.corp, .lan,labels.example.com:8443"));
    assertThat(of(proxies, "https://app.example.com/x")).contains("proxy.corp").contains("3128");
    assertThat(of(proxies, "http://app.example.com")).contains("other.corp").contains("8080");
    assertThat(of(proxies, "https://internal.corp")).isEqualTo("direct");
    assertThat(of(proxies, "https://a.internal.corp")).isEqualTo("direct");
    assertThat(of(proxies, "https://notinternal.corp")).contains("3128");
    assertThat(of(proxies, "https://box.lan")).isEqualTo("direct");
    assertThat(of(proxies, "https://labels.example.com:8443")).isEqualTo("direct");
    assertThat(of(proxies, "https://labels.example.com")).contains("3128");
    assertThat(of(proxies, "http://127.0.0.1:8080")).isEqualTo("direct");
    assertThat(of(proxies, "http://localhost:8080")).isEqualTo("direct");
  }

  @Test
  void goesDirectlyWhereNothingIsSet() {
    assertThat(of(new Proxies(Map.of()), "https://example.com")).isEqualTo("direct");
    assertThat(
            of(new Proxies(Map.of("HTTPS_PROXY", "http://p:1", "NO_PROXY", "*")), "https://e.com"))
        .isEqualTo("direct");
  }
}

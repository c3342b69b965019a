package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ConfigXmlTest {
  @Test
  void writesAnyNameSoThatItIsReadBack() {
    assertThat(
            new ConfigXml()
                .open("View")
                .tag("Label", "value", "a<b & \"c\"\n'd'")
                .close()
                .toString())
        .isEqualTo("<View><Label value=\"a&lt;b &amp; &quot;c&quot;&#10;'d'\"/></View>");
  }

  @Test
  void writesNothingThatTheEditorDoesNotTake() {
    assertThatThrownBy(() -> new ConfigXml().open("Choices", "choice", "select"))
        .hasMessageContaining("choice=select");
    assertThatThrownBy(() -> new ConfigXml().tag("Ellipse")).hasMessageContaining("Ellipse");
    assertThatThrownBy(() -> new ConfigXml().tag("Label", "hotkey", "x"))
        .hasMessageContaining("hotkey");
  }
}

package io.postil.core.value;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;

/**
 * Random bytes of the operating system. Java's secure source takes them from the same file, but
 * 0.02 s to be set up, which is more than most commands work. The one class of the core that reads
 * a file. Stateless.
 */
final class SystemRandom {
  private SystemRandom() {}

  static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    try (InputStream in = new FileInputStream("/dev/urandom")) {
      if (in.readNBytes(bytes, 0, count) == count) {
        return bytes;
      }
    } catch (IOException e) {
      // Not every system has such a file.
    }
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}

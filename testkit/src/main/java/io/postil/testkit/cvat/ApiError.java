package io.postil.testkit.cvat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer other than success; ends a call. */
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a server in production mode says when its code fails. */
  static final String SERVER_ERROR = "<!doctype html><title>Server Error (500)</title>";

  /** What it says of an address it does not have. */
  static final String NO_SUCH_PAGE = "<!doctype html><title>Not Found</title>";

  final int status;
  final transient @Nullable Object body;
  final boolean html;

  private ApiError(int status, @Nullable Object body, boolean html) {
    super("status " + status, null, false, false);
    this.status = status;
    this.body = body;
    this.html = html;
  }

  static ApiError of(int status, @Nullable Object body) {
    return new ApiError(status, body, false);
  }

  static ApiError detail(int status, String text) {
    return of(status, Entity.of("detail", text));
  }

  static ApiError notFound() {
    return detail(404, "Not found.");
  }

  static ApiError forbidden() {
    return detail(403, "You do not have permission to perform this action.");
  }

  /** A fault that is told as a list of one text. */
  static ApiError invalid(String text) {
    return of(400, List.of(text));
  }

  /** A fault of one field. */
  static ApiError field(String field, String text) {
    return of(400, Entity.of(field, List.of(text)));
  }

  static ApiError serverError() {
    return new ApiError(500, SERVER_ERROR, true);
  }

  static ApiError noSuchPage() {
    return new ApiError(404, NO_SUCH_PAGE, true);
  }
}

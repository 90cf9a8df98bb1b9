/* Calls the foundation of the C interface as a C89 program does: hosts, errors, built columns, freeing. Exits 0 where all holds. */
#include "siam.h"
#include <stdio.h>
#include <string.h>

static int failures = 0;

static void check(int holds, int line) {
  if (!holds) {
    fprintf(stderr, "check.c:%d does not hold\n", line);
    failures++;
  }
}
#define CHECK(what) check((what) ? 1 : 0, __LINE__)

static void SIAM_CALL on_log(void *user, int32_t level, const char *text, int64_t len) {
  (void)user;
  fprintf(stderr, "[%d] %.*s\n", (int)level, (int)len, text);
}

static int32_t SIAM_CALL on_poll(void *user, int64_t done, int64_t total) {
  (void)done;
  (void)total;
  return *(const volatile int32_t *)user;
}

/* A failed call gave this code and an error that names the argument; frees the error. */
static void failed(int32_t code, int32_t wanted, const char *word, siam_error **error, int line) {
  check(code == wanted, line);
  check(*error != NULL && siam_error_code(*error) == wanted, line);
  check(strstr(siam_error_text(*error), word) != NULL, line);
  check(siam_error_problem_count(*error) == 1, line);
  check(siam_error_problem_code(*error, 0) == wanted, line);
  check(siam_error_problem_severity(*error, 0) == SIAM_SEVERITY_ERROR, line);
  check(strcmp(siam_error_problem_name(*error, 0), siam_error_name(*error)) == 0, line);
  check(strlen(siam_error_problem_help(*error, 0)) > 0, line);
  check(siam_error_problem_code(*error, 1) == 0 && siam_error_problem_code(*error, -1) == 0, line);
  siam_error_free(*error);
  *error = NULL;
}

static void hosts(void) {
  siam_host_options options;
  siam_host *host = NULL;
  siam_error *error = NULL;
  int32_t stop = 0;
  CHECK(siam_host_new(NULL, &host, &error) == 0 && host != NULL && error == NULL);
  siam_host_free(host);
  memset(&options, 0, sizeof options);
  options.struct_size = (uint32_t)sizeof options;
  options.log = on_log;
  options.poll = on_poll;
  options.user = &stop;
  options.max_bytes = (int64_t)512 << 20;
  CHECK(siam_host_new(&options, &host, NULL) == 0);
  siam_host_free(host);
  host = NULL;
  options.max_rows = -5;
  failed(siam_host_new(&options, &host, &error), 503, "max_rows", &error, __LINE__);
  CHECK(siam_host_new(&options, &host, NULL) == 503 && host == NULL);
  options.max_rows = 0;
  options.struct_size = 0;
  failed(siam_host_new(&options, &host, &error), 503, "struct_size", &error, __LINE__);
  failed(siam_host_new(NULL, NULL, &error), 902, "host", &error, __LINE__);
  siam_host_free(NULL);
  siam_error_free(NULL);
  siam_report_free(NULL);
  siam_columns_free(NULL);
  siam_bytes_free(NULL, 0);
}

static void nothing(void) {
  siam_error *error = NULL;
  const int64_t *values = NULL;
  const uint8_t *validity = NULL;
  int64_t rows = 7;
  CHECK(strcmp(siam_error_text(NULL), "") == 0 && siam_error_code(NULL) == 0 && siam_error_problem_count(NULL) == 0);
  CHECK(siam_report_table_count(NULL) == 0 && siam_report_rows(NULL, 0) == -1 && siam_report_table_name(NULL, 0) == NULL);
  failed(siam_report_column_int64(NULL, 0, 0, &values, &validity, &rows, &error), 902, "report", &error, __LINE__);
  failed(siam_report_column_int64(NULL, 0, 0, NULL, &validity, &rows, &error), 902, "values", &error, __LINE__);
  CHECK(rows == 7 && values == NULL);
}

static void columns(void) {
  siam_columns *built = NULL;
  siam_error *error = NULL;
  int64_t counts[3];
  double floats[3];
  uint8_t present[3];
  const char *texts[3];
  counts[0] = 1; counts[1] = 2; counts[2] = 3;
  floats[0] = 0.5; floats[1] = 1.5; floats[2] = 2.5;
  present[0] = 1; present[1] = 0; present[2] = 255;
  texts[0] = "one"; texts[1] = NULL; texts[2] = "gr\303\266\303\237e";
  failed(siam_columns_new(-1, &built, &error), 503, "rows", &error, __LINE__);
  failed(siam_columns_new(INT64_MAX, &built, &error), 503, "rows", &error, __LINE__);
  CHECK(siam_columns_new(3, &built, &error) == 0);
  CHECK(siam_columns_add_int64(built, "n", SIAM_NTS, counts, NULL, &error) == 0);
  CHECK(siam_columns_add_instant(built, "at", 2, counts, present, &error) == 0);
  CHECK(siam_columns_add_float64(built, "share", SIAM_NTS, floats, present, &error) == 0);
  CHECK(siam_columns_add_text(built, "id", SIAM_NTS, texts, &error) == 0);
  failed(siam_columns_add_int64(built, NULL, SIAM_NTS, counts, NULL, &error), 902, "name", &error, __LINE__);
  failed(siam_columns_add_int64(built, NULL, 0, counts, NULL, &error), 902, "name", &error, __LINE__);
  failed(siam_columns_add_int64(built, "\377", SIAM_NTS, counts, NULL, &error), 902, "name", &error, __LINE__);
  failed(siam_columns_add_int64(built, "n", -2, counts, NULL, &error), 902, "name", &error, __LINE__);
  failed(siam_columns_add_int64(built, "n", SIAM_NTS, NULL, NULL, &error), 902, "values", &error, __LINE__);
  failed(siam_columns_add_int64(NULL, "n", SIAM_NTS, counts, NULL, &error), 902, "columns", &error, __LINE__);
  texts[1] = "\300\200";
  failed(siam_columns_add_text(built, "id", SIAM_NTS, texts, &error), 403, "row 2", &error, __LINE__);
  siam_columns_free(built);
}

int main(void) {
  CHECK(siam_abi_version() == SIAM_ABI_VERSION);
  CHECK(strlen(siam_version_text()) >= 5);
  hosts();
  nothing();
  columns();
  if (failures == 0) printf("all holds\n");
  return failures == 0 ? 0 : 1;
}

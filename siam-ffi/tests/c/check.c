/* Calls the C interface as a C89 program does: hosts, errors, loading, questions from every kind of table, lent columns, words in another
   language, wrong inputs. Exits 0 where all holds. */
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
  siam_bound_evidence_free(NULL);
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

/* The Arrow C data and stream interfaces, as Arrow's specification has them for copying. */
struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

/* A stream of one batch by hand: a table failures whose column service holds wan-a and wan-b. All of it is static. */
static struct ArrowSchema service_schema, *schema_children[1];
static struct ArrowArray service_array, *array_children[1];
static const int32_t service_offsets[3] = { 0, 5, 10 };
static const void *service_buffers[3], *batch_buffers[1];
static int batches_left, released;

static void release_schema(struct ArrowSchema *schema) {
  schema->release = NULL;
}

static void release_array(struct ArrowArray *array) {
  array->release = NULL;
  released++;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
  (void)stream;
  memset(&service_schema, 0, sizeof service_schema);
  service_schema.format = "u";
  service_schema.name = "service";
  service_schema.release = release_schema;
  schema_children[0] = &service_schema;
  memset(out, 0, sizeof *out);
  out->format = "+s";
  out->name = "";
  out->n_children = 1;
  out->children = schema_children;
  out->release = release_schema;
  return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
  (void)stream;
  memset(out, 0, sizeof *out);
  if (batches_left-- <= 0) return 0;
  memset(&service_array, 0, sizeof service_array);
  service_buffers[1] = service_offsets;
  service_buffers[2] = "wan-awan-b";
  service_array.length = 2;
  service_array.n_buffers = 3;
  service_array.buffers = service_buffers;
  service_array.release = release_array;
  array_children[0] = &service_array;
  out->length = 2;
  out->n_buffers = 1;
  out->buffers = batch_buffers;
  out->n_children = 1;
  out->children = array_children;
  out->release = release_array;
  return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
  (void)stream;
  return NULL;
}

static void release_stream(struct ArrowArrayStream *stream) {
  stream->release = NULL;
  released++;
}

static void begin_stream(struct ArrowArrayStream *stream) {
  memset(stream, 0, sizeof *stream);
  stream->get_schema = get_schema;
  stream->get_next = get_next;
  stream->get_last_error = get_last_error;
  stream->release = release_stream;
  batches_left = 1;
  released = 0;
}

static siam_document document(const char *name, const char *text) {
  siam_document given;
  memset(&given, 0, sizeof given);
  given.struct_size = (uint32_t)sizeof given;
  given.name = name;
  given.name_len = SIAM_NTS;
  given.text = text;
  given.text_len = SIAM_NTS;
  return given;
}

static siam_named_table table(const char *name) {
  siam_named_table given;
  memset(&given, 0, sizeof given);
  given.struct_size = (uint32_t)sizeof given;
  given.name = name;
  given.name_len = SIAM_NTS;
  return given;
}

static const char *const services = "services:\n  wan-a: {}\n  wan-b: {}\n  email: {depends_on: [{any_of: [wan-a, wan-b]}], users: 4000}\n";
static const char *const hours = "siam: 1\ncalendars: {office: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}}\n";

/* A text cell is this text. */
static int cell_is(const siam_report *report, int32_t at, const char *column, int64_t row, const char *wanted) {
  const char *text = NULL;
  int64_t len = 0;
  int32_t position = 0;
  if (siam_report_find_column(report, at, column, SIAM_NTS, &position, NULL) != 0) return 0;
  if (siam_report_column_text(report, at, position, row, &text, &len, NULL) != 0) return 0;
  return text != NULL && len == (int64_t)strlen(wanted) && memcmp(text, wanted, (size_t)len) == 0;
}

/* A whole number in a column read through the lent pointers; -1 where there is none. */
static int64_t number(const siam_report *report, int32_t at, const char *column, int64_t row) {
  const int64_t *values = NULL;
  const uint8_t *validity = NULL;
  int64_t rows = 0;
  int32_t position = 0;
  if (siam_report_find_column(report, at, column, SIAM_NTS, &position, NULL) != 0) return -1;
  if (siam_report_column_int64(report, at, position, &values, &validity, &rows, NULL) != 0 || row >= rows) return -1;
  if (validity != NULL && ((validity[row / 8] >> (row % 8)) & 1) == 0) return -1;
  return values[row];
}

static void loading(const siam_host *host) {
  siam_document documents[2];
  siam_named_table given = table("dependencies");
  siam_ecosystem *ecosystem = NULL, *again = NULL;
  siam_error *error = NULL;
  siam_report *report = NULL;
  documents[0] = document("eco.yaml", hours);
  documents[1] = document("services.yaml", services);
  CHECK(siam_load(host, documents, 2, NULL, 0, &ecosystem, &error) == 0 && error == NULL);
  CHECK(strlen(siam_ecosystem_fingerprint(ecosystem)) == 64 && strcmp(siam_ecosystem_fingerprint(NULL), "") == 0);
  given.csv = (const uint8_t *)"from,to\nwan-b,wan-a\n";
  given.csv_len = 20;
  CHECK(siam_load(host, documents, 2, &given, 1, &again, &error) == 0 && error == NULL);
  CHECK(strcmp(siam_ecosystem_fingerprint(again), siam_ecosystem_fingerprint(ecosystem)) != 0);
  siam_ecosystem_free(again);
  again = NULL;
  failed(siam_load(NULL, documents, 2, NULL, 0, &again, &error), 902, "host", &error, __LINE__);
  failed(siam_load(host, NULL, 2, NULL, 0, &again, &error), 902, "documents", &error, __LINE__);
  failed(siam_load(host, documents, -1, NULL, 0, &again, &error), 902, "documents", &error, __LINE__);
  failed(siam_load(host, documents, 0, NULL, 0, &again, &error), 122, "siam: 1", &error, __LINE__);
  failed(siam_load(host, documents, 2, NULL, 0, NULL, &error), 902, "ecosystem", &error, __LINE__);
  documents[1].struct_size = 2;
  failed(siam_load(host, documents, 2, NULL, 0, &again, &error), 503, "struct_size", &error, __LINE__);
  documents[1] = document(NULL, NULL);
  failed(siam_load(host, documents, 2, NULL, 0, &again, &error), 902, "text", &error, __LINE__);
  documents[1] = document(NULL, "services:\n  wan: {}\n  \377: {}");
  failed(siam_load(host, documents, 2, NULL, 0, &again, &error), 403, "document:3:3", &error, __LINE__);
  CHECK(again == NULL);
  documents[0] = document("eco.yaml", "siam: 1\nservcies: {}\nzone: Europe/Lodnon\n");
  CHECK(siam_load(host, documents, 1, NULL, 0, &again, &error) == 104 && again == NULL);
  CHECK(siam_error_problem_count(error) == 2 && strcmp(siam_error_problem_file(error, 1), "eco.yaml") == 0);
  CHECK(siam_error_problem_line(error, 0) == 2 && siam_error_problem_column(error, 0) == 1);
  CHECK(siam_error_problem_line(error, 1) == 3 && siam_error_problem_column(error, 1) == 7);
  siam_error_free(error);
  CHECK(siam_check(host, documents, 1, NULL, 0, &report, NULL) == 0);
  CHECK(siam_report_table_count(report) == 1 && strcmp(siam_report_table_name(report, 0), "problems") == 0);
  CHECK(siam_report_rows(report, 0) == 2 && cell_is(report, 0, "severity", 0, "error") && cell_is(report, 0, "file", 1, "eco.yaml"));
  CHECK(cell_is(report, 0, "help", 0, "did you mean `services`?") && cell_is(report, 0, "help", 1, "did you mean `Europe/London`?"));
  CHECK(number(report, 0, "code", 0) == 104 && number(report, 0, "line", 1) == 3 && number(report, 0, "column", 1) == 7);
  CHECK(number(report, 0, "row", 0) == -1 && strcmp(siam_report_fingerprint(report), "") == 0);
  siam_report_free(report);
  siam_ecosystem_free(ecosystem);
  siam_ecosystem_free(NULL);
}

/* Both lines have failed, however that was told. */
static void both_failed(siam_report *report, int line) {
  check(report != NULL && siam_report_rows(report, 0) == 3, line);
  check(strcmp(siam_report_operation(report), "impact") == 0 && strlen(siam_report_fingerprint(report)) == 64, line);
  check(cell_is(report, 0, "service", 0, "email") && cell_is(report, 0, "level", 0, "down"), line);
  check(cell_is(report, 0, "route", 0, "email > wan-a") && number(report, 0, "users", 0) == 4000, line);
  check(number(report, 0, "users", 1) == -1 && siam_report_rows(report, siam_report_table_count(report) - 1) == 0, line);
  siam_report_free(report);
}

static void impacts(const siam_ecosystem *ecosystem) {
  struct ArrowArrayStream stream;
  siam_named_table given = table("failures");
  siam_columns *built = NULL;
  siam_report *report = NULL;
  siam_error *error = NULL;
  const char *names[2];
  CHECK(siam_impact(ecosystem, "{\"failures\": [\"wan-a\", \"wan-b\"]}", SIAM_NTS, NULL, 0, &report, NULL) == 0);
  both_failed(report, __LINE__);
  given.csv = (const uint8_t *)"service\nwan-a\nwan-b\n";
  given.csv_len = 20;
  CHECK(siam_impact(ecosystem, "{}", 2, &given, 1, &report, NULL) == 0);
  both_failed(report, __LINE__);
  given = table("failures");
  names[0] = "wan-a";
  names[1] = "wan-b";
  CHECK(siam_columns_new(2, &built, NULL) == 0 && siam_columns_add_text(built, "service", SIAM_NTS, names, NULL) == 0);
  given.columns = built;
  CHECK(siam_impact(ecosystem, "{}", 2, &given, 1, &report, NULL) == 0);
  siam_columns_free(built);
  both_failed(report, __LINE__);
  given = table("failures");
  given.stream = &stream;
  begin_stream(&stream);
  CHECK(siam_impact(ecosystem, "{}", 2, &given, 1, &report, NULL) == 0);
  CHECK(stream.release == NULL && released >= 2);
  both_failed(report, __LINE__);
  report = NULL;
  begin_stream(&stream);
  failed(siam_impact(NULL, "{}", 2, &given, 1, &report, &error), 902, "ecosystem", &error, __LINE__);
  CHECK(stream.release != NULL);
  failed(siam_impact(ecosystem, "{}", 2, &given, -1, &report, &error), 902, "tables", &error, __LINE__);
  failed(siam_impact(ecosystem, NULL, 0, NULL, 0, &report, &error), 902, "question", &error, __LINE__);
  failed(siam_impact(ecosystem, "{\"failures\": [\"wan-c\"]}", SIAM_NTS, NULL, 0, &report, &error), 501, "wan-a", &error, __LINE__);
  failed(siam_impact(ecosystem, "{\"failure\": [\"wan-a\"]}", SIAM_NTS, NULL, 0, &report, &error), 104, "failures", &error, __LINE__);
  given.name = "outages";
  failed(siam_impact(ecosystem, "{}", 2, &given, 1, &report, &error), 405, "failures", &error, __LINE__);
  CHECK(stream.release == NULL && report == NULL);
}

/* An explanation in this language begins with these words. */
static void explained(const siam_report *report, const char *locale, int32_t format, const char *words, int line) {
  uint8_t *text = NULL;
  int64_t len = 0;
  check(siam_explain(report, NULL, 0, 1, locale, SIAM_NTS, format, &text, &len, NULL) == 0, line);
  check(len >= (int64_t)strlen(words) && memcmp(text, words, strlen(words)) == 0, line);
  siam_bytes_free(text, len);
}

static void words(const siam_host *host, const siam_ecosystem *ecosystem) {
  siam_report *report = NULL;
  siam_error *error = NULL;
  uint8_t *text = NULL;
  int64_t len = 0;
  const char *german = "{\"locale\": \"de\", \"messages\": {\"impact-own-level\": \"{service} selbst ist {level}\","
                       " \"impact-given\": \"als ausgefallen angegeben\"}}";
  CHECK(siam_impact(ecosystem, "{\"failures\": [\"wan-a\", \"wan-b\"]}", SIAM_NTS, NULL, 0, &report, NULL) == 0);
  failed(siam_explain(report, NULL, 0, 1, "de-CH", SIAM_NTS, SIAM_FORMAT_TEXT, &text, &len, &error), 502, "en", &error, __LINE__);
  CHECK(siam_host_add_messages(host, german, SIAM_NTS, NULL) == 0);
  explained(report, "de-CH", SIAM_FORMAT_TEXT, "wan-a selbst ist down\n  als ausgefallen angegeben\n", __LINE__);
  explained(report, "en", SIAM_FORMAT_TEXT, "wan-a itself is down\n  it was given as failed\n", __LINE__);
  explained(report, "de", SIAM_FORMAT_HTML, "<div class=\"siam-explanation\" lang=\"de\">", __LINE__);
  explained(report, "de", SIAM_FORMAT_CSV, "step,depth,id,text\r\n0,0,impact-own-level,wan-a selbst ist down\r\n", __LINE__);
  failed(siam_explain(report, NULL, 0, 3, "en", 2, SIAM_FORMAT_TEXT, &text, &len, &error), 504, "3 rows", &error, __LINE__);
  failed(siam_explain(report, NULL, 0, -1, "en", 2, SIAM_FORMAT_TEXT, &text, &len, &error), 504, "3 rows", &error, __LINE__);
  failed(siam_explain(report, NULL, 0, 0, "en", 2, 99, &text, &len, &error), 503, "format", &error, __LINE__);
  failed(siam_explain(report, NULL, 0, 0, NULL, 2, SIAM_FORMAT_TEXT, &text, &len, &error), 902, "locale", &error, __LINE__);
  failed(siam_explain(NULL, NULL, 0, 0, "en", 2, SIAM_FORMAT_TEXT, &text, &len, &error), 902, "report", &error, __LINE__);
  failed(siam_host_add_messages(host, "{\"locale\": \"fr\", \"messages\": {\"impact-givn\": \"x\"}}", SIAM_NTS, &error), 111, "impact-given",
         &error, __LINE__);
  CHECK(text == NULL && len == 0);
  siam_report_free(report);
}

static void clocks(const siam_ecosystem *ecosystem) {
  siam_named_table given = table("spans");
  siam_columns *built = NULL;
  siam_report *report = NULL;
  struct ArrowArrayStream stream;
  int64_t from[2], until[2], rows = 0;
  const int64_t *lent = NULL;
  const uint8_t *validity = NULL, *open = NULL;
  /* 2026-10-23T15:00:00Z and 2026-10-26T10:00:00Z: an hour on Friday, an hour on Monday, the change of the clock between them. */
  from[0] = (int64_t)1792767600 * 1000000; until[0] = (int64_t)1793008800 * 1000000;
  from[1] = until[0]; until[1] = from[0];
  CHECK(siam_columns_new(2, &built, NULL) == 0);
  CHECK(siam_columns_add_instant(built, "from", SIAM_NTS, from, NULL, NULL) == 0);
  CHECK(siam_columns_add_instant(built, "until", SIAM_NTS, until, NULL, NULL) == 0);
  given.columns = built;
  CHECK(siam_elapsed(ecosystem, "{\"calendar\": \"office\"}", SIAM_NTS, &given, 1, &report, NULL) == 0);
  siam_columns_free(built);
  CHECK(siam_report_rows(report, 0) == 2);
  CHECK(number(report, 0, "elapsed_seconds", 0) == 7200 && number(report, 0, "elapsed_seconds", 1) == -7200);
  CHECK(siam_report_column_type(report, 0, 0) == SIAM_TYPE_INSTANT);
  CHECK(siam_report_column_instant(report, 0, 0, &lent, &validity, &rows, NULL) == 0 && rows == 2 && lent[0] == from[0] && validity == NULL);
  memset(&stream, 0, sizeof stream);
  CHECK(siam_report_table(report, "rows", SIAM_NTS, &stream, NULL) == 0);
  siam_report_free(report);
  /* A stream that siam gave is read by siam: two columns too many, so that it is refused, and released. */
  given = table("spans");
  given.stream = &stream;
  CHECK(siam_elapsed(ecosystem, "{\"calendar\": \"office\"}", SIAM_NTS, &given, 1, &report, NULL) == 105 && stream.release == NULL);
  report = NULL;
  CHECK(siam_is_open(ecosystem, "{\"calendar\": \"office\", \"at\": [\"2026-10-24T12:00:00Z\"]}", SIAM_NTS, NULL, 0, &report, NULL) == 0);
  CHECK(siam_report_column_boolean(report, 0, 1, &open, &validity, &rows, NULL) == 0 && rows == 1 && (open[0] & 1) == 0);
  siam_report_free(report);
}

static const char *const agreed = "siam: 1\nzone: UTC\nagreements:\n  sla: {kind: sla, measures: {fix: {statistic: percent_within, within: 4h, target: 50%}}}\n";

/* Rendered bytes begin with these words; frees them. */
static int begins(uint8_t *bytes, int64_t len, const char *words) {
  int same = len >= (int64_t)strlen(words) && memcmp(bytes, words, strlen(words)) == 0;
  siam_bytes_free(bytes, len);
  return same;
}

/* A report written in this format holds these words. */
static void written(const siam_report *report, const char *table, int32_t format, const char *words, int line) {
  uint8_t *out = NULL;
  int64_t len = 0;
  int64_t at = 0;
  int64_t size = (int64_t)strlen(words);
  check(siam_report_write(report, table, SIAM_NTS, format, "en", 2, &out, &len, NULL) == 0, line);
  while (at + size <= len && memcmp(out + at, words, (size_t)size) != 0) at++;
  check(at + size <= len, line);
  siam_bytes_free(out, len);
}

static void files(const siam_host *host, const siam_ecosystem *ecosystem) {
  siam_document misspelt = document("acme.yaml", "siam: 1\nservcies: {}\n");
  siam_report *report = NULL;
  siam_error *error = NULL;
  uint8_t *out = NULL;
  int64_t len = 0;
  CHECK(siam_impact(ecosystem, "{\"failures\": [\"wan-a\", \"wan-b\"]}", SIAM_NTS, NULL, 0, &report, NULL) == 0);
  written(report, NULL, SIAM_FORMAT_CSV, "service,", __LINE__);
  written(report, "summary", SIAM_FORMAT_CSV, "services,critical,users,suppliers,agreements,planned,recompiled\r\n3,", __LINE__);
  written(report, NULL, SIAM_FORMAT_JSON, "{\n\"operation\": \"impact\",\n\"stamp\": {\"fingerprint\": \"", __LINE__);
  written(report, NULL, SIAM_FORMAT_JSON, "\n\"problems\": {", __LINE__);
  written(report, "summary", SIAM_FORMAT_JSON, "{\n\"table\": \"summary\",", __LINE__);
  written(report, NULL, SIAM_FORMAT_HTML, "<h1>Impact</h1>", __LINE__);
  written(report, "", SIAM_FORMAT_HTML, "wan-a itself is down", __LINE__);
  written(report, "summary", SIAM_FORMAT_HTML, "<h1>Summary</h1>", __LINE__);
  failed(siam_report_write(report, "sumary", 6, SIAM_FORMAT_CSV, "en", 2, &out, &len, &error), 405, "summary", &error, __LINE__);
  failed(siam_report_write(report, NULL, 0, SIAM_FORMAT_SARIF, "en", 2, &out, &len, &error), 503, "SIAM_FORMAT_CSV", &error, __LINE__);
  failed(siam_report_write(report, NULL, 0, SIAM_FORMAT_CSV, "xx", 2, &out, &len, &error), 502, "en", &error, __LINE__);
  failed(siam_report_write(report, NULL, 0, SIAM_FORMAT_CSV, NULL, 2, &out, &len, &error), 902, "locale", &error, __LINE__);
  failed(siam_report_write(NULL, NULL, 0, SIAM_FORMAT_CSV, "en", 2, &out, &len, &error), 902, "report", &error, __LINE__);
  CHECK(out == NULL && len == 0);
  CHECK(siam_problems_write(report, SIAM_FORMAT_TEXT, "en", 2, &out, &len, NULL) == 0 && len == 0);
  siam_bytes_free(out, len);
  siam_report_free(report);
  CHECK(siam_check(host, &misspelt, 1, NULL, 0, &report, NULL) == 0);
  CHECK(siam_problems_write(report, SIAM_FORMAT_TEXT, "en", 2, &out, &len, NULL) == 0 && begins(out, len, "error[unknown-key]"));
  CHECK(siam_problems_write(report, SIAM_FORMAT_JSON, "en", 2, &out, &len, NULL) == 0 && begins(out, len, "{\n\"errors\": 1,"));
  CHECK(siam_problems_write(report, SIAM_FORMAT_SARIF, "en", 2, &out, &len, NULL) == 0 && begins(out, len, "{\n\"$schema\""));
  out = NULL;
  len = 0;
  failed(siam_problems_write(report, SIAM_FORMAT_HTML, "en", 2, &out, &len, &error), 503, "SIAM_FORMAT_SARIF", &error, __LINE__);
  failed(siam_problems_write(NULL, SIAM_FORMAT_JSON, "en", 2, &out, &len, &error), 902, "report", &error, __LINE__);
  CHECK(out == NULL && len == 0);
  siam_report_free(report);
}

/* Text, reasons of the table of tickets and no picture of a scorecard. */
static void rendered(const siam_report *report) {
  siam_error *error = NULL;
  uint8_t *out = NULL;
  int64_t len = 0;
  CHECK(siam_report_text(report, NULL, 0, "measure, met", SIAM_NTS, 9, "en", 2, &out, &len, NULL) == 0 && begins(out, len, "measure  met\nfix        1\n"));
  CHECK(siam_report_text(report, "tickets", 7, NULL, 0, INT64_MAX, "en", 2, &out, &len, NULL) == 0 && begins(out, len, "period   measure  ticket"));
  CHECK(siam_report_text(report, "", 0, "measure", 7, 0, "en", 2, &out, &len, NULL) == 0 && begins(out, len, "measure\nand 1 more row\n"));
  CHECK(siam_explain(report, "tickets", 7, 0, "en", 2, SIAM_FORMAT_TEXT, &out, &len, NULL) == 0 && begins(out, len, "A met fix"));
  CHECK(siam_explain(report, "rows", SIAM_NTS, 0, "en", 2, SIAM_FORMAT_TEXT, &out, &len, NULL) == 0 && begins(out, len, "fix met its target"));
  out = NULL;
  len = 0;
  failed(siam_report_text(report, "tikets", 6, NULL, 0, 9, "en", 2, &out, &len, &error), 405, "tickets", &error, __LINE__);
  failed(siam_report_text(report, NULL, 0, "measure,mett", SIAM_NTS, 9, "en", 2, &out, &len, &error), 408, "mett", &error, __LINE__);
  failed(siam_report_text(report, NULL, 0, "\377", 1, 9, "en", 2, &out, &len, &error), 902, "columns", &error, __LINE__);
  failed(siam_report_text(report, NULL, 0, NULL, 0, -1, "en", 2, &out, &len, &error), 503, "max_rows", &error, __LINE__);
  failed(siam_report_text(report, NULL, 0, NULL, 0, 1, NULL, 2, &out, &len, &error), 902, "locale", &error, __LINE__);
  failed(siam_report_text(NULL, NULL, 0, NULL, 0, 1, "en", 2, &out, &len, &error), 902, "report", &error, __LINE__);
  failed(siam_explain(report, "tickets", 7, 1, "en", 2, SIAM_FORMAT_TEXT, &out, &len, &error), 504, "1 row", &error, __LINE__);
  failed(siam_explain(report, "tickets", 7, -1, "en", 2, SIAM_FORMAT_TEXT, &out, &len, &error), 504, "1 row", &error, __LINE__);
  failed(siam_explain(report, "tikets", 6, 0, "en", 2, SIAM_FORMAT_TEXT, &out, &len, &error), 405, "tickets", &error, __LINE__);
  failed(siam_explain(report, "problems", 8, 0, "en", 2, SIAM_FORMAT_TEXT, &out, &len, &error), 505, "problems", &error, __LINE__);
  failed(siam_report_picture(report, SIAM_PICTURE_SVG, "en", 2, &out, &len, &error), 508, "score", &error, __LINE__);
  CHECK(out == NULL && len == 0);
}

static void pictures(const siam_ecosystem *ecosystem) {
  siam_report *report = NULL;
  siam_error *error = NULL;
  uint8_t *out = NULL;
  int64_t len = 0;
  CHECK(siam_impact(ecosystem, "{\"failures\": [\"wan-a\"]}", SIAM_NTS, NULL, 0, &report, NULL) == 0);
  CHECK(siam_report_picture(report, SIAM_PICTURE_SVG, "en", 2, &out, &len, NULL) == 0 && begins(out, len, "<svg "));
  CHECK(siam_report_picture(report, SIAM_PICTURE_DOT, "en", 2, &out, &len, NULL) == 0 && begins(out, len, "digraph "));
  CHECK(siam_report_picture(report, SIAM_PICTURE_MERMAID, "en", 2, &out, &len, NULL) == 0 && len > 0);
  siam_bytes_free(out, len);
  failed(siam_report_picture(report, 0, "en", 2, &out, &len, &error), 503, "SIAM_PICTURE_", &error, __LINE__);
  failed(siam_report_picture(report, SIAM_PICTURE_DOT, "xx", 2, &out, &len, &error), 502, "xx", &error, __LINE__);
  siam_report_free(report);
}

static void scores(const siam_host *host, const siam_ecosystem *other) {
  siam_document documents = document("eco.yaml", agreed);
  siam_named_table given[2], wrong = table("evidence");
  siam_ecosystem *ecosystem = NULL;
  siam_bound_evidence *bound = NULL;
  siam_report *report = NULL;
  siam_error *error = NULL;
  const char *question = "{\"periods\": [\"2026-10\"]}";
  const uint8_t *tickets = (const uint8_t *)"ticket,opened,resolved\nA,2026-10-03T09:00:00Z,2026-10-03T13:00:00Z\nB,2026-13-03T09:00:00Z,\n";
  CHECK(siam_load(host, &documents, 1, NULL, 0, &ecosystem, NULL) == 0);
  given[0] = table("tickets");
  given[0].csv = tickets;
  given[0].csv_len = (int64_t)strlen((const char *)tickets);
  given[1] = table("verdicts");
  given[1].csv = (const uint8_t *)"ticket,met\nA,true\n";
  given[1].csv_len = 18;
  failed(siam_evidence(ecosystem, "{}", 2, given, 2, NULL, &error), 902, "bound", &error, __LINE__);
  failed(siam_evidence(NULL, "{}", 2, given, 2, &bound, &error), 902, "ecosystem", &error, __LINE__);
  failed(siam_evidence(ecosystem, "{\"maping\": \"\"}", SIAM_NTS, given, 2, &bound, &error), 104, "mapping", &error, __LINE__);
  failed(siam_evidence(ecosystem, "{\"zone\": \"Mars\"}", SIAM_NTS, given, 2, &bound, &error), 119, "Mars", &error, __LINE__);
  CHECK(bound == NULL);
  CHECK(siam_evidence(ecosystem, "{}", 2, given, 2, &bound, &error) == 0 && error == NULL);
  CHECK(siam_bound_evidence_report(bound, &report, NULL) == 0 && strcmp(siam_report_operation(report), "evidence") == 0);
  CHECK(cell_is(report, 0, "given", 0, "tickets") && number(report, 0, "gave", 0) == 1 && number(report, 0, "rejected", 0) == 1);
  siam_report_free(report);
  report = NULL;
  failed(siam_bound_evidence_report(NULL, &report, &error), 902, "bound", &error, __LINE__);
  failed(siam_score(ecosystem, question, SIAM_NTS, NULL, 0, &report, &error), 406, "`evidence`", &error, __LINE__);
  failed(siam_reconcile(ecosystem, "{}", 2, NULL, 0, &report, &error), 406, "`evidence`", &error, __LINE__);
  failed(siam_score(ecosystem, question, SIAM_NTS, given, 1, &report, &error), 406, "`evidence`", &error, __LINE__);
  wrong.csv = given[0].csv;
  wrong.csv_len = given[0].csv_len;
  failed(siam_score(ecosystem, question, SIAM_NTS, &wrong, 1, &report, &error), 503, "siam_evidence", &error, __LINE__);
  wrong.evidence = bound;
  failed(siam_score(ecosystem, question, SIAM_NTS, &wrong, 1, &report, &error), 503, "one source", &error, __LINE__);
  wrong = table("proof");
  wrong.evidence = bound;
  failed(siam_score(ecosystem, question, SIAM_NTS, &wrong, 1, &report, &error), 503, "proof", &error, __LINE__);
  given[1] = table("evidence");
  given[1].evidence = bound;
  failed(siam_score(ecosystem, question, SIAM_NTS, given, 2, &report, &error), 405, "tickets", &error, __LINE__);
  failed(siam_impact(ecosystem, "{}", 2, &given[1], 1, &report, &error), 405, "evidence", &error, __LINE__);
  failed(siam_score(other, question, SIAM_NTS, &given[1], 1, &report, &error), 506, "another", &error, __LINE__);
  failed(siam_score(ecosystem, "{}", 2, &given[1], 1, &report, &error), 572, "periods", &error, __LINE__);
  CHECK(report == NULL && siam_reconcile(ecosystem, "{}", 2, &given[1], 1, &report, NULL) == 0 && number(report, 0, "agree", 0) == 1);
  siam_report_free(report);
  CHECK(siam_score(ecosystem, question, SIAM_NTS, &given[1], 1, &report, NULL) == 0);
  siam_bound_evidence_free(bound);
  siam_bound_evidence_free(NULL);
  siam_ecosystem_free(ecosystem);
  CHECK(number(report, 0, "met", 0) == 1 && cell_is(report, 0, "result", 0, "met"));
  rendered(report);
  siam_report_free(report);
}

static void questions(void) {
  siam_document documents[2];
  siam_ecosystem *ecosystem = NULL;
  siam_host *host = NULL;
  CHECK(siam_host_new(NULL, &host, NULL) == 0);
  loading(host);
  documents[0] = document("eco.yaml", hours);
  documents[1] = document("services.yaml", services);
  CHECK(siam_load(host, documents, 2, NULL, 0, &ecosystem, NULL) == 0);
  impacts(ecosystem);
  words(host, ecosystem);
  files(host, ecosystem);
  pictures(ecosystem);
  scores(host, ecosystem);
  siam_host_free(host);
  clocks(ecosystem);
  siam_ecosystem_free(ecosystem);
}

int main(void) {
  CHECK(siam_abi_version() == SIAM_ABI_VERSION);
  CHECK(strlen(siam_version_text()) >= 5);
  hosts();
  nothing();
  columns();
  questions();
  if (failures == 0) printf("all holds\n");
  return failures == 0 ? 0 : 1;
}

/* The main job, first form: a month scored, a failure followed, a ticket explained. Run from the root of the repository.
   Usage: demo [FOLDER] writes the picture into FOLDER, which is there, build unless given. */
#include "siam.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call) do { if ((call) != 0) goto done; } while (0)

/* A whole file of examples/demo; *len counts its bytes. */
static char *read_file(const char *name, int64_t *len) {
  char path[256];
  char *bytes = NULL;
  FILE *file;
  long size = -1;
  sprintf(path, "examples/demo/%.200s", name);
  file = fopen(path, "rb");
  if (file != NULL && fseek(file, 0, SEEK_END) == 0) size = ftell(file);
  if (size >= 0) bytes = (char *)malloc((size_t)size + 1);
  if (bytes == NULL || fseek(file, 0, SEEK_SET) != 0 || fread(bytes, 1, (size_t)size, file) != (size_t)size) {
    perror(path);
    exit(1);
  }
  fclose(file);
  *len = size;
  return bytes;
}

/* A question whose one key holds a text: {"key": "text"}. */
static char *question_of(const char *key, const char *text, int64_t len) {
  char *question = (char *)malloc(strlen(key) + 6 * (size_t)len + 16);
  char *to = question;
  int64_t at;
  if (question == NULL) exit(1);
  to += sprintf(to, "{\"%s\": \"", key);
  for (at = 0; at < len; at++) {
    if ((unsigned char)text[at] < 32) to += sprintf(to, "\\u%04x", text[at]);
    else to += sprintf(to, strchr("\"\\", text[at]) == NULL ? "%c" : "\\%c", text[at]);
  }
  strcpy(to, "\"}");
  return question;
}

static siam_named_table named(const char *name) {
  siam_named_table table;
  memset(&table, 0, sizeof table);
  table.struct_size = sizeof table;
  table.name = name;
  table.name_len = SIAM_NTS;
  return table;
}

static siam_named_table csv_table(const char *name, const char *file) {
  siam_named_table table = named(name);
  table.csv = (const uint8_t *)read_file(file, &table.csv_len);
  return table;
}

static int32_t print_table(const siam_report *report, const char *table, const char *columns, int64_t rows, siam_error **error) {
  uint8_t *bytes = NULL;
  int64_t len = 0;
  int32_t code = siam_report_text(report, table, SIAM_NTS, columns, SIAM_NTS, rows, "en", SIAM_NTS, &bytes, &len, error);
  if (code == 0) fwrite(bytes, 1, (size_t)len, stdout);
  siam_bytes_free(bytes, len);
  return code;
}

static int32_t print_why(const siam_report *report, const char *table, int64_t row, siam_error **error) {
  uint8_t *bytes = NULL;
  int64_t len = 0;
  int32_t code = siam_explain(report, table, SIAM_NTS, row, "en", SIAM_NTS, SIAM_FORMAT_TEXT, &bytes, &len, error);
  if (code == 0) fwrite(bytes, 1, (size_t)len, stdout);
  siam_bytes_free(bytes, len);
  return code;
}

static int32_t draw(const siam_report *report, const char *folder, siam_error **error) {
  char path[1024];
  uint8_t *bytes = NULL;
  int64_t len = 0;
  FILE *file;
  int32_t code = siam_report_picture(report, SIAM_PICTURE_SVG, "en", SIAM_NTS, &bytes, &len, error);
  if (code != 0) return code;
  sprintf(path, "%.1000s/impact.svg", folder);
  file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, (size_t)len, file) != (size_t)len || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
  siam_bytes_free(bytes, len);
  return 0;
}

/* The first ticket that missed its time although its clock stood still for a while. */
static int32_t find_missed(const siam_report *scorecard, int64_t *missed, siam_error **error) {
  const int64_t *started, *stopped, *elapsed;
  const uint8_t *started_bits, *stopped_bits, *elapsed_bits;
  const char *outcome;
  int64_t rows, row, len;
  int32_t table, column[4];
  TRY(siam_report_find_table(scorecard, "tickets", SIAM_NTS, &table, error));
  TRY(siam_report_find_column(scorecard, table, "started", SIAM_NTS, &column[0], error));
  TRY(siam_report_find_column(scorecard, table, "stopped", SIAM_NTS, &column[1], error));
  TRY(siam_report_find_column(scorecard, table, "elapsed_seconds", SIAM_NTS, &column[2], error));
  TRY(siam_report_find_column(scorecard, table, "outcome", SIAM_NTS, &column[3], error));
  TRY(siam_report_column_instant(scorecard, table, column[0], &started, &started_bits, &rows, error));
  TRY(siam_report_column_instant(scorecard, table, column[1], &stopped, &stopped_bits, &rows, error));
  TRY(siam_report_column_int64(scorecard, table, column[2], &elapsed, &elapsed_bits, &rows, error));
  for (row = 0; row < rows; row++) {
    /* A ticket that missed its time has a start, a stop and an elapsed time, so that no validity bit needs a look. */
    TRY(siam_report_column_text(scorecard, table, column[3], row, &outcome, &len, error));
    if (len != 6 || memcmp(outcome, "missed", 6) != 0) continue;
    if (stopped[row] / 1000000 - started[row] / 1000000 > elapsed[row]) return *missed = row, 0;
  }
done:
  return *error == NULL ? 0 : siam_error_code(*error);
}

int main(int count, char **arguments) {
  siam_host *host = NULL;
  siam_ecosystem *ecosystem = NULL;
  siam_bound_evidence *bound = NULL;
  siam_report *used = NULL, *scorecard = NULL, *impact = NULL;
  siam_error *error = NULL;
  siam_named_table tables[3], evidence = named("evidence");
  siam_document document;
  int64_t len, missed = 0;
  char *yaml = read_file("ecosystem.yaml", &document.text_len), *mapping = read_file("mapping.yaml", &len);
  char *question = question_of("mapping", mapping, len);
  int failed;
  len = document.text_len;
  memset(&document, 0, sizeof document);
  document.struct_size = sizeof document;
  document.name = "ecosystem.yaml";
  document.name_len = SIAM_NTS;
  document.text = yaml;
  document.text_len = len;
  tables[0] = csv_table("incidents", "incidents.csv");
  tables[1] = csv_table("history", "history.csv");
  tables[2] = csv_table("exclusions", "exclusions.csv");

  TRY(siam_host_new(NULL, &host, &error));
  TRY(siam_load(host, &document, 1, NULL, 0, &ecosystem, &error));
  TRY(siam_evidence(ecosystem, question, SIAM_NTS, tables, 3, &bound, &error));
  TRY(siam_bound_evidence_report(bound, &used, &error));
  puts("EVIDENCE");
  TRY(print_table(used, "used", NULL, 10, &error));
  puts("\nNot used, and why");
  TRY(print_table(used, "rejected", "table,row,column,reason,value", 10, &error));

  evidence.evidence = bound;
  TRY(siam_score(ecosystem, "{\"periods\": [\"2026-10\"]}", SIAM_NTS, &evidence, 1, &scorecard, &error));
  puts("\nSCORECARD OCTOBER 2026");
  TRY(print_table(scorecard, "rows", "measure,provider,party,priority,counted,met,missed,excluded,percent,target,result", 20, &error));
  puts("");
  TRY(print_why(scorecard, "rows", 0, &error));

  TRY(siam_impact(ecosystem, "{\"failures\": [\"network\"]}", SIAM_NTS, NULL, 0, &impact, &error));
  puts("\nIF THE NETWORK FAILS");
  TRY(print_table(impact, "summary", NULL, 1, &error));
  TRY(print_table(impact, "rows", "service,level,users,agreements,route", 10, &error));
  puts("");
  TRY(print_why(impact, "rows", 0, &error));
  TRY(draw(impact, count > 1 ? arguments[1] : "build", &error));
  puts("The picture is impact.svg");

  TRY(find_missed(scorecard, &missed, &error));
  puts("\nA TICKET THAT MISSED ITS TIME");
  TRY(print_why(scorecard, "tickets", missed, &error));

done:
  failed = error != NULL;
  if (failed) fprintf(stderr, "%s\n", siam_error_text(error));
  siam_error_free(error);
  siam_report_free(impact);
  siam_report_free(scorecard);
  siam_report_free(used);
  siam_bound_evidence_free(bound);
  siam_ecosystem_free(ecosystem);
  siam_host_free(host);
  for (count = 0; count < 3; count++) free((uint8_t *)tables[count].csv);
  free(question);
  free(mapping);
  free(yaml);
  return failed;
}

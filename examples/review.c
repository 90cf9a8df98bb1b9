/* The main job: an ecosystem and a month of evidence in, the service review out. Run from the root of the repository.
   Usage: review [FOLDER] writes the page review.html into FOLDER, which is there, build unless given. */
#include "siam.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call) do { if ((call) != 0) goto done; } while (0)
#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

static const char *const documents[] = { "agreements", "contracts", "parties", "processes", "regimes", "services" };
static const char *const tables[] = {
  "attribution", "changes", "charges", "claims", "events", "exchanges", "exclusions", "figures", "improvements", "obligations", "outages",
  "reported", "survey", "ticket_events", "tickets", "usage"
};

/* What is printed of the review: a heading, a table, its columns, the most rows. */
typedef struct printed { const char *heading, *table, *columns; int64_t rows; } printed;
static const printed parts[] = {
  { "EVIDENCE", "used", "given,table,rows,rejected,gave", 20 },
  { "HOW EVERYONE DID", "rows", "group,party,measures,met,missed,no_verdict,owes,receives", 20 },
  { "MEASURES", "measures", "group,party,measure,counted,value,unit,direction,target,result", 40 },
  { "MAJOR INCIDENTS AND OTHER EVENTS", "events", "event,kind,declared,duration_seconds,outages,tickets,claims", 10 },
  { "CLAIMS, AS RECORDED", "claims", "claim,party,event,cause_party,status,decided_by", 10 },
  { "CAUSES, AS RECORDED", "causes", "event,party,share", 10 },
  { "WHAT IS OWED", "ledger", "payer,payee,kind,amount,unit,status,clause", 40 },
  { "OPEN FINDINGS", "findings", "severity,name,kind,object,other", 20 },
  { "DUE NEXT MONTH", "due", "date,kind,object,item,owes,owed_to", 12 }
};

/* A whole file of examples/review; *len counts its bytes. */
static char *read_file(const char *folder, const char *name, const char *ending, int64_t *len) {
  char path[256];
  char *bytes = NULL;
  FILE *file;
  long size = -1;
  sprintf(path, "examples/review/%.60s%.100s%.20s", folder, name, ending);
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

static int32_t print_table(const siam_report *report, const printed *part, siam_error **error) {
  uint8_t *bytes = NULL;
  int64_t len = 0;
  int32_t code = siam_report_text(report, part->table, SIAM_NTS, part->columns, SIAM_NTS, part->rows, "en", SIAM_NTS, &bytes, &len, error);
  if (code == 0) fwrite(bytes, 1, (size_t)len, stdout);
  siam_bytes_free(bytes, len);
  return code;
}

static int32_t write_page(const siam_report *review, const char *folder, siam_error **error) {
  char path[1024];
  uint8_t *bytes = NULL;
  int64_t len = 0;
  FILE *file;
  int32_t code = siam_page(review, "{}", SIAM_NTS, "en", SIAM_NTS, &bytes, &len, error);
  if (code != 0) return code;
  sprintf(path, "%.1000s/review.html", folder);
  file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, (size_t)len, file) != (size_t)len || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
  siam_bytes_free(bytes, len);
  return 0;
}

int main(int count, char **arguments) {
  siam_host *host = NULL;
  siam_ecosystem *ecosystem = NULL;
  siam_bound_evidence *bound = NULL;
  siam_report *review = NULL;
  siam_error *error = NULL;
  siam_document sources[COUNT(documents)];
  siam_named_table given[COUNT(tables)], evidence;
  char names[COUNT(documents)][64];
  uint8_t *why = NULL;
  int64_t len = 0;
  char *mapping = read_file("evidence/", "mapping", ".yaml", &len);
  char *question = question_of("mapping", mapping, len);
  int at, failed;
  memset(sources, 0, sizeof sources);
  for (at = 0; at < COUNT(documents); at++) {
    sprintf(names[at], "examples/review/%.24s.yaml", documents[at]);
    sources[at].struct_size = sizeof sources[at];
    sources[at].name = names[at];
    sources[at].name_len = SIAM_NTS;
    sources[at].text = read_file("", documents[at], ".yaml", &len);
    sources[at].text_len = len;
  }
  memset(given, 0, sizeof given);
  for (at = 0; at < COUNT(tables); at++) {
    given[at].struct_size = sizeof given[at];
    given[at].name = tables[at];
    given[at].name_len = SIAM_NTS;
    given[at].csv = (const uint8_t *)read_file("evidence/", tables[at], ".csv", &len);
    given[at].csv_len = len;
  }

  TRY(siam_host_new(NULL, &host, &error));
  TRY(siam_load(host, sources, COUNT(documents), NULL, 0, &ecosystem, &error));
  TRY(siam_evidence(ecosystem, question, SIAM_NTS, given, COUNT(tables), &bound, &error));
  memset(&evidence, 0, sizeof evidence);
  evidence.struct_size = sizeof evidence;
  evidence.name = "evidence";
  evidence.name_len = SIAM_NTS;
  evidence.evidence = bound;
  TRY(siam_review(ecosystem, "{\"period\": \"2026-10\"}", SIAM_NTS, &evidence, 1, &review, &error));

  for (at = 0; at < COUNT(parts); at++) {
    puts(parts[at].heading);
    TRY(print_table(review, &parts[at], &error));
    puts("");
  }
  puts("HOW THE FIRST AMOUNT COMES ABOUT");
  TRY(siam_explain(review, "ledger", SIAM_NTS, 0, "en", SIAM_NTS, SIAM_FORMAT_TEXT, &why, &len, &error));
  fwrite(why, 1, (size_t)len, stdout);
  TRY(write_page(review, count > 1 ? arguments[1] : "build", &error));
  puts("\nThe page is review.html");

done:
  failed = error != NULL;
  if (failed) fprintf(stderr, "%s\n", siam_error_text(error));
  siam_bytes_free(why, len);
  siam_error_free(error);
  siam_report_free(review);
  siam_bound_evidence_free(bound);
  siam_ecosystem_free(ecosystem);
  siam_host_free(host);
  for (at = 0; at < COUNT(documents); at++) free((char *)sources[at].text);
  for (at = 0; at < COUNT(tables); at++) free((uint8_t *)given[at].csv);
  free(question);
  free(mapping);
  return failed;
}

/* Runs the shared cases (tests/cases/README.md) through the C interface: runner FOLDER..., each of them one case. It parses nothing: it
   reads files, calls the function of the operation, and compares bytes. Needs POSIX for listing folders. Exits 0 where all pass. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200112L
#endif
#include "siam.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FILES 64
#define LONGEST 1024

typedef int32_t (SIAM_CALL *operation_fn)(const siam_ecosystem *, const char *, int64_t, const siam_named_table *, int64_t,
                                          siam_report **, siam_error **);

static const struct {
  const char *name;
  operation_fn call;
  int of_evidence;
} operations[] = {
  { "findings", siam_findings, 0 },
  { "terms", siam_terms, 0 },
  { "impact", siam_impact, 0 },
  { "root_causes", siam_root_causes, 0 },
  { "redundancy", siam_redundancy, 0 },
  { "impacts", siam_impacts, 0 },
  { "single_points_of_failure", siam_single_points_of_failure, 0 },
  { "concentration", siam_concentration, 0 },
  { "elapsed", siam_elapsed, 0 },
  { "deadline", siam_deadline, 0 },
  { "is_open", siam_is_open, 0 },
  { "next_open", siam_next_open, 0 },
  { "next_close", siam_next_close, 0 },
  { "previous_open", siam_previous_open, 0 },
  { "intervals", siam_intervals, 0 },
  { "who", siam_who, 0 },
  { "due", siam_due, 0 },
  { "coverage", siam_coverage, 0 },
  { "readiness", siam_readiness, 0 },
  { "score", siam_score, 1 },
  { "exit", siam_exit, 0 },
  { "compare", siam_compare, 0 },
  { "trend", siam_trend, 0 },
  { "headroom", siam_headroom, 1 },
  { "reconcile", siam_reconcile, 1 },
  { "leakage", siam_leakage, 1 },
  { "observed", siam_observed, 1 },
  { "drift", siam_drift, 1 },
  { "settle", siam_settle, 1 },
  { "review", siam_review, 1 }
};

typedef struct text {
  char *bytes;
  int64_t len;
} text;

/* File names of a folder, in the order of their bytes. */
typedef struct list {
  char *names[MOST_FILES];
  int count;
} list;

static void *must(void *given) {
  if (given == NULL) {
    fprintf(stderr, "runner: out of memory\n");
    exit(2);
  }
  return given;
}

static void join(char *path, const char *folder, const char *name) {
  if (strlen(folder) + strlen(name) + 2 > LONGEST) {
    fprintf(stderr, "runner: a path is too long: %s\n", folder);
    exit(2);
  }
  sprintf(path, "%s/%s", folder, name);
}

/* The whole file; bytes is NULL where there is none. */
static text read_file(const char *folder, const char *name) {
  char path[LONGEST];
  text whole;
  size_t room = 4096, got;
  FILE *file;
  whole.bytes = NULL;
  whole.len = 0;
  join(path, folder, name);
  file = fopen(path, "rb");
  if (file == NULL) return whole;
  whole.bytes = (char *)must(malloc(room));
  while ((got = fread(whole.bytes + whole.len, 1, room - (size_t)whole.len, file)) > 0) {
    whole.len += (int64_t)got;
    if ((size_t)whole.len == room) whole.bytes = (char *)must(realloc(whole.bytes, room *= 2));
  }
  fclose(file);
  return whole;
}

static int starts(const char *name, const char *with) {
  return strncmp(name, with, strlen(with)) == 0;
}

static int ends(const char *name, const char *with) {
  size_t len = strlen(name), tail = strlen(with);
  return len >= tail && strcmp(name + len - tail, with) == 0;
}

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of a folder whose names begin and end so; none where there is no such folder. */
static void list_files(list *found, const char *folder, const char *first, const char *last) {
  DIR *dir = opendir(folder);
  struct dirent *entry;
  found->count = 0;
  if (dir == NULL) return;
  while ((entry = readdir(dir)) != NULL) {
    if (entry->d_name[0] == '.' || !starts(entry->d_name, first) || !ends(entry->d_name, last)) continue;
    if (found->count == MOST_FILES) {
      fprintf(stderr, "runner: too many files in %s\n", folder);
      exit(2);
    }
    found->names[found->count] = (char *)must(malloc(strlen(entry->d_name) + 1));
    strcpy(found->names[found->count++], entry->d_name);
  }
  closedir(dir);
  qsort(found->names, (size_t)found->count, sizeof found->names[0], by_bytes);
}

static void free_list(list *found) {
  while (found->count > 0) free(found->names[--found->count]);
}

/* The CSV files of a folder as tables; frees what it holds with free_tables. */
typedef struct given_tables {
  siam_named_table tables[MOST_FILES + 1];
  list names;
  int count;
} given_tables;

static void read_tables(given_tables *given, const char *folder) {
  int at;
  memset(given->tables, 0, sizeof given->tables);
  list_files(&given->names, folder, "", ".csv");
  given->count = given->names.count;
  for (at = 0; at < given->count; at++) {
    text csv = read_file(folder, given->names.names[at]);
    given->tables[at].struct_size = (uint32_t)sizeof given->tables[at];
    given->tables[at].name = given->names.names[at];
    given->tables[at].name_len = (int64_t)strlen(given->names.names[at]) - 4;
    given->tables[at].csv = (const uint8_t *)csv.bytes;
    given->tables[at].csv_len = csv.len;
  }
}

static void free_tables(given_tables *given) {
  int at;
  for (at = 0; at < given->names.count; at++) free((uint8_t *)given->tables[at].csv);
  free_list(&given->names);
}

/* The documents of a folder whose names begin so; frees what it holds with free_documents. */
static void read_documents(siam_document *documents, list *names, const char *folder, const char *first) {
  int at;
  memset(documents, 0, MOST_FILES * sizeof documents[0]);
  list_files(names, folder, first, ".yaml");
  for (at = 0; at < names->count; at++) {
    text document = read_file(folder, names->names[at]);
    documents[at].struct_size = (uint32_t)sizeof documents[at];
    documents[at].name = names->names[at];
    documents[at].name_len = SIAM_NTS;
    documents[at].text = document.bytes;
    documents[at].text_len = document.len;
  }
}

static void free_documents(siam_document *documents, list *names) {
  int at;
  for (at = 0; at < names->count; at++) free((char *)documents[at].text);
  free_list(names);
}

/* What a case gave: one of report, error and neither, where a load went well. */
typedef struct outcome {
  siam_report *report;
  siam_error *error;
} outcome;

static int same(const text *wanted, const char *bytes, int64_t len) {
  return wanted->len == len && memcmp(wanted->bytes, bytes, (size_t)len) == 0;
}

/* The only batch of a stream as CSV. */
static int32_t read_stream(const siam_report *report, const char *name, int64_t name_len, uint8_t **bytes, int64_t *len) {
  siam_stream *stream = NULL;
  const siam_report *batch = NULL;
  int32_t code = siam_stream_new(report, name, name_len, &stream, NULL);
  if (code == 0) code = siam_stream_next(stream, &batch, NULL);
  if (code == 0) code = batch == NULL ? -1 : siam_report_csv(batch, 0, bytes, len, NULL);
  if (code == 0) code = siam_stream_next(stream, &batch, NULL);
  siam_stream_free(stream);
  return code == 0 && batch != NULL ? -1 : code;
}

/* Whether one expected file holds what was given. */
static int holds(const outcome *given, const char *name, const text *wanted) {
  uint8_t *bytes = NULL;
  int64_t len = 0;
  int32_t table = 0, code;
  int equal;
  if (strcmp(name, "error.txt") == 0) {
    const char *told = siam_error_text(given->error);
    return given->error != NULL && wanted->len > 0 && wanted->bytes[wanted->len - 1] == '\n' && wanted->len - 1 == (int64_t)strlen(told)
        && memcmp(wanted->bytes, told, strlen(told)) == 0;
  }
  if (given->report == NULL) return 0;
  if (starts(name, "stream.") && ends(name, ".csv")) {
    code = read_stream(given->report, name + 7, (int64_t)strlen(name) - 11, &bytes, &len);
  } else if (ends(name, ".csv")) {
    code = siam_report_find_table(given->report, name, (int64_t)strlen(name) - 4, &table, NULL);
    if (code == 0) code = siam_report_csv(given->report, table, &bytes, &len, NULL);
  } else if (starts(name, "explain.") && ends(name, ".txt")) {
    code = siam_explain(given->report, NULL, 0, atol(name + 8), "en", SIAM_NTS, SIAM_FORMAT_TEXT, &bytes, &len, NULL);
  } else {
    return 0;
  }
  equal = code == 0 && same(wanted, (const char *)bytes, len);
  siam_bytes_free(bytes, len);
  return equal;
}

/* Binds the folder evidence of a case, so that it stands as one more of its tables; NULL where that fails. */
static siam_bound_evidence *bind(const siam_ecosystem *ecosystem, const char *folder, given_tables *beside, outcome *given) {
  char path[LONGEST], tables[LONGEST];
  siam_bound_evidence *bound = NULL;
  siam_named_table *last = &beside->tables[beside->count];
  given_tables own;
  text question;
  join(path, folder, "evidence");
  join(tables, path, "tables");
  question = read_file(path, "query.json");
  read_tables(&own, tables);
  if (siam_evidence(ecosystem, question.bytes, question.len, own.tables, own.count, &bound, &given->error) == 0) {
    last->struct_size = (uint32_t)sizeof *last;
    last->name = "evidence";
    last->name_len = SIAM_NTS;
    last->evidence = bound;
    beside->count++;
  }
  free_tables(&own);
  free(question.bytes);
  return bound;
}

/* Calls the operation of a case; 0 where there is no such operation. */
static int call(const siam_host *host, const char *name, const char *folder, const siam_document *documents, int n_documents,
                given_tables *tables, const text *question, outcome *given) {
  siam_ecosystem *ecosystem = NULL;
  siam_bound_evidence *bound = NULL;
  size_t at;
  if (strcmp(name, "check") == 0) {
    siam_check_with(host, documents, n_documents, tables->tables, tables->count, question->bytes == NULL ? "" : question->bytes,
                    question->len, &given->report, &given->error);
    return 1;
  }
  if (strcmp(name, "load") == 0) {
    if (siam_load(host, documents, n_documents, tables->tables, tables->count, &ecosystem, &given->error) == 0) {
      siam_ecosystem_free(ecosystem);
    }
    return 1;
  }
  if (strcmp(name, "diff") == 0) {
    siam_document after[MOST_FILES];
    list after_names;
    siam_ecosystem *then = NULL;
    read_documents(after, &after_names, folder, "after");
    if (siam_load(host, documents, n_documents, NULL, 0, &ecosystem, &given->error) == 0
        && siam_load(host, after, after_names.count, NULL, 0, &then, &given->error) == 0) {
      siam_diff(ecosystem, then, question->bytes, question->len, NULL, 0, &given->report, &given->error);
    }
    siam_ecosystem_free(then);
    siam_ecosystem_free(ecosystem);
    free_documents(after, &after_names);
    return 1;
  }
  if (strcmp(name, "evidence") == 0) {
    if (siam_load(host, documents, n_documents, NULL, 0, &ecosystem, &given->error) != 0) return 1;
    if (siam_evidence(ecosystem, question->bytes, question->len, tables->tables, tables->count, &bound, &given->error) == 0) {
      siam_bound_evidence_report(bound, &given->report, &given->error);
    }
    siam_bound_evidence_free(bound);
    siam_ecosystem_free(ecosystem);
    return 1;
  }
  for (at = 0; at < sizeof operations / sizeof operations[0]; at++) {
    if (strcmp(name, operations[at].name) != 0) continue;
    if (siam_load(host, documents, n_documents, NULL, 0, &ecosystem, &given->error) != 0) return 1;
    if (operations[at].of_evidence) bound = bind(ecosystem, folder, tables, given);
    if (given->error == NULL) {
      operations[at].call(ecosystem, question->bytes, question->len, tables->tables, tables->count, &given->report, &given->error);
    }
    siam_bound_evidence_free(bound);
    siam_ecosystem_free(ecosystem);
    return 1;
  }
  return 0;
}

/* Runs one case; the number of expected files that differ. */
static int run(const siam_host *host, const char *folder) {
  char path[LONGEST];
  siam_document documents[MOST_FILES];
  list document_names, expected;
  given_tables tables;
  text operation = read_file(folder, "operation"), question = read_file(folder, "query.json");
  outcome given;
  int at, differ = 0;
  given.report = NULL;
  given.error = NULL;
  read_documents(documents, &document_names, folder, "ecosystem");
  join(path, folder, "tables");
  read_tables(&tables, path);
  if (operation.len > 0 && operation.bytes[operation.len - 1] == '\n') operation.bytes[operation.len - 1] = '\0';
  if (operation.len == 0
      || !call(host, operation.bytes, folder, documents, document_names.count, &tables, &question, &given)) {
    printf("%s: no operation of this name\n", folder);
    differ++;
  }
  join(path, folder, "expect");
  list_files(&expected, path, "", "");
  for (at = 0; at < expected.count; at++) {
    text wanted = read_file(path, expected.names[at]);
    if (wanted.bytes == NULL || !holds(&given, expected.names[at], &wanted)) {
      if (differ++ == 0) printf("%s: expect/%s differs %s\n", folder, expected.names[at], siam_error_text(given.error));
    }
    free(wanted.bytes);
  }
  if (expected.count == 0 && differ++ == 0) printf("%s: expects nothing\n", folder);
  free_documents(documents, &document_names);
  free_tables(&tables);
  free_list(&expected);
  free(operation.bytes);
  free(question.bytes);
  siam_report_free(given.report);
  siam_error_free(given.error);
  return differ;
}

int main(int count, char **folders) {
  siam_host *host = NULL;
  int at, passed = 0, failed = 0;
  if (siam_host_new(NULL, &host, NULL) != 0) return 2;
  for (at = 1; at < count; at++) {
    if (run(host, folders[at]) == 0) passed++; else failed++;
  }
  siam_host_free(host);
  printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

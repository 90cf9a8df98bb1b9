/* siam: service integration and management. One checked description of an ecosystem answers every question about it.
 *
 * Every function that can fail returns 0 or the number of a code (ERRORS.md) and then gives an error where its last argument is not
 * NULL; outputs are written only when it returns 0. Output pointers of one call are distinct.
 * Texts go in as UTF-8 with a count of bytes, or SIAM_NTS where they end in NUL. Arguments are read during the call only.
 * Whoever gets a handle frees it with the function named after it; all of them take NULL. What a handle lends lives as long as it.
 * Each handle says which threads may use it. siam starts no thread unasked, writes to no stream and keeps no state of its own; what
 * goes wrong inside becomes code 903, after Rust's panic hook printed a line to stderr, unless the program set another hook.
 */

#ifndef SIAM_H
#define SIAM_H

#include <stdint.h>

#ifndef SIAM_API
#if defined(_WIN32) && !defined(SIAM_STATIC)
#define SIAM_API __declspec(dllimport)
#else
#define SIAM_API
#endif
#endif
#ifndef SIAM_CALL
#if defined(_WIN32)
#define SIAM_CALL __cdecl
#else
#define SIAM_CALL
#endif
#endif

/* Of the Arrow C stream interface; its definition is at https://arrow.apache.org/docs/format/CStreamInterface.html */
struct ArrowArrayStream;

/* In place of a length: the text ends at NUL. */
#define SIAM_NTS (-1)

/* What siam_abi_version gives for this header. Within one number functions and members are only added. */
#define SIAM_ABI_VERSION 1

/* A problem's severity: the input cannot be used. */
#define SIAM_SEVERITY_ERROR 1

/* A problem's severity: it can be used; something is likely wrong. */
#define SIAM_SEVERITY_WARNING 2

/* A problem's severity: worth knowing. */
#define SIAM_SEVERITY_ADVICE 3

/* A column of UTF-8 text: siam_report_column_text. */
#define SIAM_TYPE_TEXT 1

/* A column of whole numbers: siam_report_column_int64. */
#define SIAM_TYPE_INT64 2

/* A column of floats: siam_report_column_float64. */
#define SIAM_TYPE_FLOAT64 3

/* A column of truth values: siam_report_column_boolean. */
#define SIAM_TYPE_BOOLEAN 4

/* A column of microseconds since 1970-01-01T00:00:00Z: siam_report_column_instant. */
#define SIAM_TYPE_INSTANT 5

/* A column of days since 1970-01-01: siam_report_column_date. */
#define SIAM_TYPE_DATE 6

/* A column of decimals: siam_report_column_decimal. */
#define SIAM_TYPE_DECIMAL 7

/* The notation of a picture: SVG that stands alone or in a page. */
#define SIAM_PICTURE_SVG 1

/* The notation of a picture: a Graphviz digraph. */
#define SIAM_PICTURE_DOT 2

/* The notation of a picture: a Mermaid flowchart. */
#define SIAM_PICTURE_MERMAID 3

/* Text: of an explanation one line a step, deeper ones indented; of problems what a compiler prints. */
#define SIAM_FORMAT_TEXT 1

/* HTML: of an explanation nested parts that unfold, without script and style; of a report a whole page. */
#define SIAM_FORMAT_HTML 2

/* CSV: of an explanation the table of its steps; of a report one table. */
#define SIAM_FORMAT_CSV 3

/* JSON: of a report or of problems. */
#define SIAM_FORMAT_JSON 4

/* SARIF 2.1.0: of problems. */
#define SIAM_FORMAT_SARIF 5

/* Evidence bound to an ecosystem by siam_evidence; C forbids a type and a function of one name, hence this one. It never changes: any
   number of threads may use it at once; free it with siam_bound_evidence_free, in any order with its ecosystem and its reports. */
typedef struct siam_bound_evidence siam_bound_evidence;

/* A table built column by column, for programs without Arrow. One thread at a time; free it with siam_columns_free. */
typedef struct siam_columns siam_columns;

/* A checked ecosystem. It never changes: any number of threads may ask it at once; free it with siam_ecosystem_free, in any order with
   its host and its reports. */
typedef struct siam_ecosystem siam_ecosystem;

/* Why a function failed: all problems at once. Any thread may read it; free it with siam_error_free. */
typedef struct siam_error siam_error;

/* Limits, log, cancelling and languages. Any thread may use it; free it with siam_host_free, in any order with the handles made with it. */
typedef struct siam_host siam_host;

/* An answer: a few flat tables, the last of them problems. Any thread may read it; free it with siam_report_free. */
typedef struct siam_report siam_report;

/* Scores that are added up, made by siam_running_tally_new or siam_running_tally_from_bytes; C forbids a type and a function of one name,
   hence this one. One thread at a time may use it; free it with siam_running_tally_free, in any order with all others. */
typedef struct siam_running_tally siam_running_tally;

/* A table that is computed while it is read. One thread at a time uses it; free it with siam_stream_free, in any order with its report. */
typedef struct siam_stream siam_stream;

/* One document of a call. Set all bytes to zero, then struct_size, then the rest. All elements of one array have the same struct_size.
   Only ever grows at its end. */
typedef struct siam_document {
  /* sizeof(siam_document) of the header you compile with. */
  uint32_t struct_size;
  /* What problems call it, usually its file name, UTF-8; NULL for document. */
  const char *name;
  /* Bytes of name, or SIAM_NTS. */
  int64_t name_len;
  /* YAML or JSON, UTF-8. */
  const char *text;
  /* Bytes of text, or SIAM_NTS. */
  int64_t text_len;
} siam_document;

/* One table of a call: a name and exactly one of stream, csv, columns and evidence. Set all bytes to zero, then struct_size, then the rest.
   All elements of one array have the same struct_size. Only ever grows at its end. */
typedef struct siam_named_table {
  /* sizeof(siam_named_table) of the header you compile with. */
  uint32_t struct_size;
  /* The name the operation knows the table by, UTF-8. */
  const char *name;
  /* Bytes of name, or SIAM_NTS. */
  int64_t name_len;
  /* An Arrow C stream. The call takes it over, reads it and releases it; one whose release is still set afterwards is yours. */
  struct ArrowArrayStream *stream;
  /* CSV bytes with a header line, UTF-8; read during the call only. */
  const uint8_t *csv;
  /* How many bytes. */
  int64_t csv_len;
  /* Columns built one by one; read during the call only. */
  const struct siam_columns *columns;
  /* Bound evidence, for the operations that ask for it; its name is evidence. Read during the call only. */
  const struct siam_bound_evidence *evidence;
} siam_named_table;

/* Receives one line for the host's log: level 1 error, 2 warning, 3 information, 4 detail; UTF-8 that need not end in NUL and lives
   for the call only. May be called by any thread that calls siam with this host. */
typedef void (SIAM_CALL *siam_log_fn)(void *user, int32_t level, const char *text, int64_t len);

/* Asked now and then during long work: how much is done, of how much (0 where unknown). Non-zero stops the work, which then fails
   with code 507. May be called by any thread that calls siam with this host. */
typedef int32_t (SIAM_CALL *siam_poll_fn)(void *user, int64_t done, int64_t total);

/* Options of a host. Set all bytes to zero, then struct_size, then what differs from the defaults. Only ever grows at its end. */
typedef struct siam_host_options {
  /* sizeof(siam_host_options) of the header you compile with. */
  uint32_t struct_size;
  /* Lines above this level are not logged; 0 for warnings and errors. */
  int32_t log_level;
  /* Receives log lines; NULL for none. siam writes nothing elsewhere. */
  siam_log_fn log;
  /* Asked during long work; NULL for never. */
  siam_poll_fn poll;
  /* Handed to both functions as it is. */
  void *user;
  /* Bytes of the documents of one load, and of one CSV table; 0 for the default. */
  int64_t max_bytes;
  /* Rows of one table; 0 for the default. */
  int64_t max_rows;
  /* How deep a document may nest; 0 for the default. */
  uint32_t max_depth;
  /* Threads that one call may start; 0 for none. */
  uint32_t max_threads;
  /* A time zone database in place of the one in this library: a `tzdata` file, which holds its version and all zones in one piece; NULL
     for the one in this library. It is copied. */
  const uint8_t *zones;
  /* Bytes of zones. */
  int64_t zones_len;
} siam_host_options;

#ifdef __cplusplus
extern "C" {
#endif /* __cplusplus */

/* The number of this interface; compare it with SIAM_ABI_VERSION. */
SIAM_API uint32_t SIAM_CALL siam_abi_version(void);

/* The version of the library, as text that lives for ever. */
SIAM_API const char *SIAM_CALL siam_version_text(void);

/* Begins a table of so many rows that is built column by column. */
SIAM_API int32_t SIAM_CALL siam_columns_new(int64_t row_count, struct siam_columns **columns, struct siam_error **error);

/* Adds a column of whole numbers: one value a row, and one byte a row that is 0 where there is no value; present may be NULL where
   every row has one. All is copied. */
SIAM_API int32_t SIAM_CALL siam_columns_add_int64(struct siam_columns *columns, const char *name, int64_t name_len, const int64_t *values, const uint8_t *present, struct siam_error **error);

/* Adds a column of floats; otherwise as siam_columns_add_int64. */
SIAM_API int32_t SIAM_CALL siam_columns_add_float64(struct siam_columns *columns, const char *name, int64_t name_len, const double *values, const uint8_t *present, struct siam_error **error);

/* Adds a column of instants, microseconds since 1970-01-01T00:00:00Z; otherwise as siam_columns_add_int64. */
SIAM_API int32_t SIAM_CALL siam_columns_add_instant(struct siam_columns *columns, const char *name, int64_t name_len, const int64_t *values, const uint8_t *present, struct siam_error **error);

/* Adds a column of texts: one pointer a row to UTF-8 that ends in NUL, NULL where there is no value. All is copied. */
SIAM_API int32_t SIAM_CALL siam_columns_add_text(struct siam_columns *columns, const char *name, int64_t name_len, const char *const *values, struct siam_error **error);

/* Frees built columns. */
SIAM_API void SIAM_CALL siam_columns_free(struct siam_columns *columns);

/* Adds the words of a language: JSON or YAML such as {"locale": "de-CH", "messages": {"impact-given": "..."}}. One of the same locale
   takes the place of an earlier one. Any thread may call it at any time; what was rendered before stays as it is. */
SIAM_API int32_t SIAM_CALL siam_host_add_messages(const struct siam_host *host, const char *messages, int64_t messages_len, struct siam_error **error);

/* Reads and checks documents, which together describe one ecosystem, with tables parties, classes, services and dependencies where they
   come as tables; tables may be NULL where n_tables is 0, and documents where tables
   say it all and n_documents is 0. An ecosystem, or an error that names every fault at once. */
SIAM_API int32_t SIAM_CALL siam_load(const struct siam_host *host, const struct siam_document *documents, int64_t n_documents, const struct siam_named_table *tables, int64_t n_tables, struct siam_ecosystem **ecosystem, struct siam_error **error);

/* Everything that is wrong with documents and tables as of siam_load, and where nothing is, what is missing, contradictory or too much in
   what they describe: a report with the table problems, empty where all is well. Fails only where they cannot be read at all. */
SIAM_API int32_t SIAM_CALL siam_check(const struct siam_host *host, const struct siam_document *documents, int64_t n_documents, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* The same with options as JSON: {"severities": {"ola-missing": "error", "class-unused": "off"}, "at": "2026-10-01T00:00:00Z"} raises
   and silences by the name of a finding, as at an instant. A finding that is an error still keeps nothing from loading. */
SIAM_API int32_t SIAM_CALL siam_check_with(const struct siam_host *host, const struct siam_document *documents, int64_t n_documents, const struct siam_named_table *tables, int64_t n_tables, const char *options, int64_t options_len, struct siam_report **report, struct siam_error **error);

/* What every answer of an ecosystem stands on, in hex: documents, tables, edition, time zone database and version of the library. Ends
   in NUL, lives as long as the ecosystem. Empty where ecosystem is NULL. */
SIAM_API const char *SIAM_CALL siam_ecosystem_fingerprint(const struct siam_ecosystem *ecosystem);

/* A new ecosystem in which some of what the documents say is otherwise; the old one stays as it is, and each is freed by itself. Changes
   are JSON or YAML: {"services.email.provider": "netco", "measures.p2-resolve.target": "99%"}, where a path names keys with dots between
   them, quoted where a name has dots, or a list: [{"path": ["services", "email", "users"], "value": 40}]. null takes away what stands
   there. All is checked as by siam_load; the fingerprint is that of loading the changed documents. What came in a table stays. */
SIAM_API int32_t SIAM_CALL siam_with(const struct siam_ecosystem *ecosystem, const char *changes, int64_t changes_len, struct siam_ecosystem **changed, struct siam_error **error);

/* Frees an ecosystem. Its reports stay. */
SIAM_API void SIAM_CALL siam_ecosystem_free(struct siam_ecosystem *ecosystem);

/* What changed between two ecosystems, as it was and as it is to be: {} or {"kinds": ["service", "measure"]}. Asked as siam_impact. */
SIAM_API int32_t SIAM_CALL siam_diff(const struct siam_ecosystem *before, const struct siam_ecosystem *after, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Binds tables to an ecosystem, once for any number of questions: tickets, outages, events, changes, charges and the other tables of
   evidence under their names, or tables under any names with {"mapping": "the text of a mapping document"}. Rows that cannot be used
   are listed, see siam_bound_evidence_report. What it gives stands as a table named evidence in siam_score and all that are asked as it is. */
SIAM_API int32_t SIAM_CALL siam_evidence(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_bound_evidence **bound, struct siam_error **error);

/* What became of every table, row, name and column of bound evidence: a report with the tables used, rejected, unknown, columns and
   problems. */
SIAM_API int32_t SIAM_CALL siam_bound_evidence_report(const struct siam_bound_evidence *bound, struct siam_report **report, struct siam_error **error);

/* Frees bound evidence. Its reports stay. */
SIAM_API void SIAM_CALL siam_bound_evidence_free(struct siam_bound_evidence *bound);

/* How everyone did: {"periods": ["2026-10"]}, and a table evidence, see siam_evidence. The table tickets stands beside the answer. */
SIAM_API int32_t SIAM_CALL siam_score(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* What changed between two scorecards, split into performance and mix: {"before": "2026-09", "after": "2026-10"} and a table rows, what
   siam_score gave of both; or, without periods, the tables before and after, each of one period. */
SIAM_API int32_t SIAM_CALL siam_compare(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* How measures went over several periods: {"measures": [...]} or {}, and a table rows, what siam_score gave of them. The table measures
   stands beside the answer. */
SIAM_API int32_t SIAM_CALL siam_trend(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* As at an instant, how much may still go wrong before a measure misses its target: {"period": "2026-10", "as_of":
   "2026-10-20T09:00:00Z"}, asked as siam_score. The table open, of open tickets with the time they have left, stands beside the answer. */
SIAM_API int32_t SIAM_CALL siam_headroom(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Our verdicts and figures against those that the evidence brings in its tables verdicts and reported; asked as siam_score, with or without
   periods. The tables disagreements, causes and figures stand beside the answer. */
SIAM_API int32_t SIAM_CALL siam_reconcile(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* What is paid for and could not be used, or was not, from tables usage and charges of the evidence: {"periods": ["2026-10"]}, asked as
   siam_score. */
SIAM_API int32_t SIAM_CALL siam_leakage(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* How available services were, from table outages of the evidence: {"periods": ["2026-10"], "agreement": "..."}, asked as siam_score. */
SIAM_API int32_t SIAM_CALL siam_observed(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* What evidence says that the dependency map lacks, from the tables outages and tickets of the evidence: {"periods": ["2026-10"], "within":
   "15min", "at_least": 3, "confidence": "80%", "lift": 10, "crowd": 50, "services": [...], "limit": 100}, of which all may be left out;
   asked as siam_score. The table drift_summary stands beside the answer. */
SIAM_API int32_t SIAM_CALL siam_drift(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Who owes whom how much: {"periods": ["2026-10"]}, asked as siam_score. Beside evidence it takes the tables history and ledger: what earlier
   settlements gave as their tables history and rows. The tables totals, triggers and history stand beside the answer. */
SIAM_API int32_t SIAM_CALL siam_settle(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* The monthly service review: {"period": "2026-10"}, a table evidence as in siam_score, and of the review before the tables history and
   ledger. Its own tables history and ledger are what the next one takes. See siam_page for the page. */
SIAM_API int32_t SIAM_CALL siam_review(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Makes a host; options may be NULL for the defaults. */
SIAM_API int32_t SIAM_CALL siam_host_new(const struct siam_host_options *options, struct siam_host **host, struct siam_error **error);

/* Frees a host. Handles made with it keep what they need of it, its functions and user included. */
SIAM_API void SIAM_CALL siam_host_free(struct siam_host *host);

/* All problems as text for people, ends in NUL, lives as long as the error. Empty where error is NULL. */
SIAM_API const char *SIAM_CALL siam_error_text(const struct siam_error *error);

/* The number of the first problem's code, the same that the failed function returned. 0 where error is NULL. */
SIAM_API int32_t SIAM_CALL siam_error_code(const struct siam_error *error);

/* The name of that code, such as bad-pointer. Lives as long as the error. */
SIAM_API const char *SIAM_CALL siam_error_name(const struct siam_error *error);

/* How many problems the error names; their positions count from 0. */
SIAM_API int32_t SIAM_CALL siam_error_problem_count(const struct siam_error *error);

/* The number of a problem's code; 0 where there is no such problem. */
SIAM_API int32_t SIAM_CALL siam_error_problem_code(const struct siam_error *error, int32_t at);

/* How grave a problem is: one of SIAM_SEVERITY_...; 0 where there is no such problem. */
SIAM_API int32_t SIAM_CALL siam_error_problem_severity(const struct siam_error *error, int32_t at);

/* The name of a problem's code. This and the following texts end in NUL, live as long as the error, and are empty where there is none. */
SIAM_API const char *SIAM_CALL siam_error_problem_name(const struct siam_error *error, int32_t at);

/* What is wrong. */
SIAM_API const char *SIAM_CALL siam_error_problem_message(const struct siam_error *error, int32_t at);

/* How to mend it. */
SIAM_API const char *SIAM_CALL siam_error_problem_help(const struct siam_error *error, int32_t at);

/* Where it is, for people: eco.yaml:3:7, or table log row 2. */
SIAM_API const char *SIAM_CALL siam_error_problem_place(const struct siam_error *error, int32_t at);

/* The document. */
SIAM_API const char *SIAM_CALL siam_error_problem_file(const struct siam_error *error, int32_t at);

/* The line in the document, from 1; 0 where there is none. */
SIAM_API int64_t SIAM_CALL siam_error_problem_line(const struct siam_error *error, int32_t at);

/* The column in the line, in characters from 1; 0 where there is none. */
SIAM_API int64_t SIAM_CALL siam_error_problem_column(const struct siam_error *error, int32_t at);

/* The table. */
SIAM_API const char *SIAM_CALL siam_error_problem_table(const struct siam_error *error, int32_t at);

/* The row of the table, from 1; 0 for the whole table or column. */
SIAM_API int64_t SIAM_CALL siam_error_problem_row(const struct siam_error *error, int32_t at);

/* The column of the table. */
SIAM_API const char *SIAM_CALL siam_error_problem_field(const struct siam_error *error, int32_t at);

/* Frees an error. */
SIAM_API void SIAM_CALL siam_error_free(struct siam_error *error);

/* How long a calendar was open within spans of time: {"calendar": "office", "spans": [{"from": ..., "until": ...}]}, or a table
   spans(from, until). */
SIAM_API int32_t SIAM_CALL siam_elapsed(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* When a length of service time is used up, forwards or backwards: {"calendar": "office", "starts": [{"from": ..., "within": "4h"}]}, or
   a table starts(from, within_seconds). */
SIAM_API int32_t SIAM_CALL siam_deadline(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Whether a calendar is open at instants: {"calendar": "office", "at": ["2026-10-24T12:00:00Z"]}, or a table instants(at). */
SIAM_API int32_t SIAM_CALL siam_is_open(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* The next instant at which a calendar is open; asked as siam_is_open. */
SIAM_API int32_t SIAM_CALL siam_next_open(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* The next closing of a calendar; asked as siam_is_open. */
SIAM_API int32_t SIAM_CALL siam_next_close(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* The latest instant up to which a calendar was open; asked as siam_is_open. */
SIAM_API int32_t SIAM_CALL siam_previous_open(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* The open intervals of a calendar, up to an instant or the first so many: {"calendar": "office", "from": ..., "until": ...}, or count in
   place of until. */
SIAM_API int32_t SIAM_CALL siam_intervals(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* The name of the operation that gave a report, such as impact. Ends in NUL, lives as long as the report. Empty where report is NULL. */
SIAM_API const char *SIAM_CALL siam_report_operation(const struct siam_report *report);

/* The fingerprint of the ecosystem that a report stands on, see siam_ecosystem_fingerprint; empty for one of siam_check. */
SIAM_API const char *SIAM_CALL siam_report_fingerprint(const struct siam_report *report);

/* How many tables a report has; their positions count from 0. */
SIAM_API int32_t SIAM_CALL siam_report_table_count(const struct siam_report *report);

/* The name of a table; ends in NUL, lives as long as the report. NULL where there is no such table. */
SIAM_API const char *SIAM_CALL siam_report_table_name(const struct siam_report *report, int32_t table);

/* Finds the position of a table. */
SIAM_API int32_t SIAM_CALL siam_report_find_table(const struct siam_report *report, const char *name, int64_t name_len, int32_t *table, struct siam_error **error);

/* How many rows a table has; -1 where there is no such table. */
SIAM_API int64_t SIAM_CALL siam_report_rows(const struct siam_report *report, int32_t table);

/* How many columns a table has; -1 where there is no such table. */
SIAM_API int32_t SIAM_CALL siam_report_column_count(const struct siam_report *report, int32_t table);

/* The name of a column; ends in NUL, lives as long as the report. NULL where there is no such column. */
SIAM_API const char *SIAM_CALL siam_report_column_name(const struct siam_report *report, int32_t table, int32_t column);

/* The type of a column: one of SIAM_TYPE_...; 0 where there is no such column. */
SIAM_API int32_t SIAM_CALL siam_report_column_type(const struct siam_report *report, int32_t table, int32_t column);

/* Finds the position of a column in a table. */
SIAM_API int32_t SIAM_CALL siam_report_find_column(const struct siam_report *report, int32_t table, const char *name, int64_t name_len, int32_t *column, struct siam_error **error);

/* Writes a table of this name as an Arrow C stream into the struct at out, which must not hold a stream. The stream outlives the report;
   release it as Arrow says. */
SIAM_API int32_t SIAM_CALL siam_report_table(const struct siam_report *report, const char *name, int64_t name_len, struct ArrowArrayStream *out, struct siam_error **error);

/* Writes a table that a report computes only while it is read, such as services of siam_impacts, as an Arrow C stream into the struct at
   out, which must not hold a stream. Memory is bounded by one batch. The poll function of the host is asked before each batch; where it
   stops the work, get_next fails. The stream outlives the report; code 595 where there is no such stream. */
SIAM_API int32_t SIAM_CALL siam_report_stream(const struct siam_report *report, const char *name, int64_t name_len, struct ArrowArrayStream *out, struct siam_error **error);

/* The same for programs without Arrow: begins to read such a table; it outlives the report. */
SIAM_API int32_t SIAM_CALL siam_stream_new(const struct siam_report *report, const char *name, int64_t name_len, struct siam_stream **stream, struct siam_error **error);

/* The next rows of a stream as a report whose table 0 they are; its columns are read as those of any report. It is lent until the next
   call or siam_stream_free, and not freed by the caller; batch becomes NULL at the end. */
SIAM_API int32_t SIAM_CALL siam_stream_next(struct siam_stream *stream, const struct siam_report **batch, struct siam_error **error);

/* Frees a stream and the batch it lent. */
SIAM_API void SIAM_CALL siam_stream_free(struct siam_stream *stream);

/* A table as CSV bytes with a header line; free them with siam_bytes_free. */
SIAM_API int32_t SIAM_CALL siam_report_csv(const struct siam_report *report, int32_t table, uint8_t **out, int64_t *len, struct siam_error **error);

/* A table as aligned lines of plain text: table NULL or empty is the first; columns are names with commas between them, NULL or empty for
   all; at most max_rows rows, INT64_MAX for all; what is left out is counted in the words of locale, see siam_explain. UTF-8 that does
   not end in NUL; free it with siam_bytes_free. */
SIAM_API int32_t SIAM_CALL siam_report_text(const struct siam_report *report, const char *table, int64_t table_len, const char *columns, int64_t columns_len, int64_t max_rows, const char *locale, int64_t locale_len, uint8_t **out, int64_t *len, struct siam_error **error);

/* The picture of a report of siam_impact in one of SIAM_PICTURE_..., in the words of locale, see siam_explain; code 508 for a report that
   has none. UTF-8 that does not end in NUL; free it with siam_bytes_free. */
SIAM_API int32_t SIAM_CALL siam_report_picture(const struct siam_report *report, int32_t format, const char *locale, int64_t locale_len, uint8_t **out, int64_t *len, struct siam_error **error);

/* A report as a file, in the words of locale, see siam_explain. SIAM_FORMAT_CSV is one table, the first where table is NULL or empty;
   SIAM_FORMAT_JSON and SIAM_FORMAT_HTML are one table, or with table NULL or empty all of them with what the report stands on. No cell of
   CSV runs as a formula; the page loads nothing. UTF-8 that does not end in NUL; free it with siam_bytes_free. */
SIAM_API int32_t SIAM_CALL siam_report_write(const struct siam_report *report, const char *table, int64_t table_len, int32_t format, const char *locale, int64_t locale_len, uint8_t **out, int64_t *len, struct siam_error **error);

/* The problems of a report, such as one of siam_check, as SIAM_FORMAT_TEXT, _JSON or _SARIF, in the words of locale, see siam_explain.
   UTF-8 that does not end in NUL; free it with siam_bytes_free. */
SIAM_API int32_t SIAM_CALL siam_problems_write(const struct siam_report *report, int32_t format, const char *locale, int64_t locale_len, uint8_t **out, int64_t *len, struct siam_error **error);

/* Frees a report and all that it lent, Arrow streams excepted. */
SIAM_API void SIAM_CALL siam_report_free(struct siam_report *report);

/* Frees bytes that siam gave, with the length it gave. */
SIAM_API void SIAM_CALL siam_bytes_free(uint8_t *bytes, int64_t len);

/* What lapses, dangles and starts to fail when a party leaves: {"party": "netco", "on": "2027-04-01"}. Asked as siam_impact. */
SIAM_API int32_t SIAM_CALL siam_exit(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* What is missing, contradictory or too much in a valid ecosystem, relative to what its service classes ask for: {}, or
   {"at": "2026-10-01T00:00:00Z", "severities": {"ola-missing": "error", "class-unused": "off"}}. The table problems has it in words. */
SIAM_API int32_t SIAM_CALL siam_findings(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* What was agreed, as plain prose with its clauses and every default in force: {}, or {"agreements": ["sla"], "parties": ["netco"]}.
   siam_explain of row 0 is the whole page. */
SIAM_API int32_t SIAM_CALL siam_terms(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Whom to call about an activity of a process, how to reach them now, and who is next: {"process": "incident", "activity": "restore",
   "service": "wan", "at": "2026-10-24T12:00:00Z"}. The table escalation stands beside the answer. */
SIAM_API int32_t SIAM_CALL siam_who(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* What falls due between two days, the second not included: {"from": "2026-10-01", "to": "2027-01-01", "parties": ["netco"], "kinds":
   ["notice"]}; parties and kinds may be left out. */
SIAM_API int32_t SIAM_CALL siam_due(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Which layer covers which process in which lifecycle phase at an instant: {"at": "2026-10-01T00:00:00Z"}. */
SIAM_API int32_t SIAM_CALL siam_coverage(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Whether a service can go live at an instant, and what is missing: {"service": "email", "at": "2026-10-01T00:00:00Z"}. The table summary
   stands beside the answer. */
SIAM_API int32_t SIAM_CALL siam_readiness(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Who is hit when services fail, how badly, and by which route: {"failures": ["wan-a"]}, or a table failures(service, level). This and
   the following functions take a question as JSON and the tables it may be asked with; tables may be NULL where n_tables is 0. The
   first table of the report is the answer; its last is problems. */
SIAM_API int32_t SIAM_CALL siam_impact(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Which failures are behind a bad service, in one of four ways of asking: {"bad": ["email"], "failures": ["wan-a"], "mode": "min_heal"}, or
   tables failures(service, level) and states(service, level), the latter levels that are taken as given. Asked as siam_impact. */
SIAM_API int32_t SIAM_CALL siam_root_causes(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* How many further failures each service still stands: {"failures": ["wan-a"], "critical_only": true}, or a table
   failures(service, level). Asked as siam_impact. */
SIAM_API int32_t SIAM_CALL siam_redundancy(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Who is hit in each of many scenarios: {"scenarios": "each"}, which is also meant where none is given, "pairs" that only matter together,
   "suppliers" one at a time, or [{"name": "flood", "failures": ["duct"]}], or a table scenarios(scenario, service, level); {"limit": 100}
   keeps the worst. The services reached are a stream: siam_report_stream or siam_stream_new with name services. */
SIAM_API int32_t SIAM_CALL siam_impacts(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* Which services alone bring down a critical service, or with {"critical_only": false} any other; {"level": "degraded"} counts that level
   and worse ones as down. All that each brings down is a stream of name services. */
SIAM_API int32_t SIAM_CALL siam_single_points_of_failure(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* How much hangs on each supplier, its subcontractors counted with it, and the index of Herfindahl and Hirschman of the whole: {}. */
SIAM_API int32_t SIAM_CALL siam_concentration(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* How everyone did by sums that add up: {"periods": ["2026-10"], "measures": [...], "as_of": "...", "threads": 2}, asked as siam_score. Its
   rows are those of siam_score without tickets. For evidence that comes in chunks see siam_running_tally_new. */
SIAM_API int32_t SIAM_CALL siam_tally(const struct siam_ecosystem *ecosystem, const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables, struct siam_report **report, struct siam_error **error);

/* A tally of nothing yet; the options are the question of siam_tally. */
SIAM_API int32_t SIAM_CALL siam_running_tally_new(const struct siam_ecosystem *ecosystem, const char *options, int64_t options_len, struct siam_running_tally **tally, struct siam_error **error);

/* Adds a chunk of evidence, which holds whole tickets; it may be freed right after. Where it fails nothing is added. */
SIAM_API int32_t SIAM_CALL siam_running_tally_update(struct siam_running_tally *tally, const struct siam_bound_evidence *bound, struct siam_error **error);

/* Takes out a chunk of evidence that was added before. Where it fails nothing is taken out. */
SIAM_API int32_t SIAM_CALL siam_running_tally_remove(struct siam_running_tally *tally, const struct siam_bound_evidence *bound, struct siam_error **error);

/* Adds what another tally of the same question holds, which stays as it is and is not the same handle. Where it fails nothing is added. */
SIAM_API int32_t SIAM_CALL siam_running_tally_merge(struct siam_running_tally *tally, const struct siam_running_tally *other, struct siam_error **error);

/* All that a tally holds, as bytes; the same tickets give the same bytes, however they were cut and merged. Free them with
   siam_bytes_free. */
SIAM_API int32_t SIAM_CALL siam_running_tally_to_bytes(const struct siam_running_tally *tally, uint8_t **out, int64_t *len, struct siam_error **error);

/* A tally from its bytes, of the ecosystem it was made for; whatever else the bytes are, this fails and does no harm. */
SIAM_API int32_t SIAM_CALL siam_running_tally_from_bytes(const struct siam_ecosystem *ecosystem, const uint8_t *bytes, int64_t len, struct siam_running_tally **tally, struct siam_error **error);

/* The scorecard of all that was added: the report of siam_tally. */
SIAM_API int32_t SIAM_CALL siam_running_tally_report(const struct siam_running_tally *tally, struct siam_report **report, struct siam_error **error);

/* Frees a tally. Its reports stay. */
SIAM_API void SIAM_CALL siam_running_tally_free(struct siam_running_tally *tally);

/* Lends a column of whole numbers: one value a row, and bits, least significant first, that are 0 where there is no value; validity
   becomes NULL where every row has one. Both live as long as the report. */
SIAM_API int32_t SIAM_CALL siam_report_column_int64(const struct siam_report *report, int32_t table, int32_t column, const int64_t **values, const uint8_t **validity, int64_t *row_count, struct siam_error **error);

/* Lends a column of floats; otherwise as siam_report_column_int64. */
SIAM_API int32_t SIAM_CALL siam_report_column_float64(const struct siam_report *report, int32_t table, int32_t column, const double **values, const uint8_t **validity, int64_t *row_count, struct siam_error **error);

/* Lends a column of instants, microseconds since 1970-01-01T00:00:00Z; otherwise as siam_report_column_int64. */
SIAM_API int32_t SIAM_CALL siam_report_column_instant(const struct siam_report *report, int32_t table, int32_t column, const int64_t **values, const uint8_t **validity, int64_t *row_count, struct siam_error **error);

/* Lends a column of days since 1970-01-01; otherwise as siam_report_column_int64. */
SIAM_API int32_t SIAM_CALL siam_report_column_date(const struct siam_report *report, int32_t table, int32_t column, const int32_t **values, const uint8_t **validity, int64_t *row_count, struct siam_error **error);

/* Lends a column of truth values, as bits like the validity; otherwise as siam_report_column_int64. */
SIAM_API int32_t SIAM_CALL siam_report_column_boolean(const struct siam_report *report, int32_t table, int32_t column, const uint8_t **values, const uint8_t **validity, int64_t *row_count, struct siam_error **error);

/* Lends a column of decimals: 16 bytes a row, a two's complement number in the order of this machine, which stands for itself divided by
   10 to the power of scale; otherwise as siam_report_column_int64. */
SIAM_API int32_t SIAM_CALL siam_report_column_decimal(const struct siam_report *report, int32_t table, int32_t column, const uint8_t **values, const uint8_t **validity, int32_t *scale, int64_t *row_count, struct siam_error **error);

/* Lends one text: UTF-8 that does not end in NUL, with its bytes counted; NULL where the row has none. Lives as long as the report. */
SIAM_API int32_t SIAM_CALL siam_report_column_text(const struct siam_report *report, int32_t table, int32_t column, int64_t row, const char **out, int64_t *len, struct siam_error **error);

/* The report of siam_review as one page of HTML for all, or with {"party": "netco"} for one party; {"title": "..."} stands instead of the
   ecosystem's name. An empty question is a page for all. It loads nothing; in the words of locale, see siam_explain; code 571 for a report
   that is no review. UTF-8 that does not end in NUL; free it with siam_bytes_free. */
SIAM_API int32_t SIAM_CALL siam_page(const struct siam_report *report, const char *question, int64_t question_len, const char *locale, int64_t locale_len, uint8_t **out, int64_t *len, struct siam_error **error);

/* Why a row of a table of a report is what it is, rows counted from 0; table NULL or empty is the first. In the words of a language such
   as en or de-CH, which falls back to de, and as SIAM_FORMAT_TEXT, _HTML or _CSV. UTF-8 that does not end in NUL; free it with siam_bytes_free. */
SIAM_API int32_t SIAM_CALL siam_explain(const struct siam_report *report, const char *table, int64_t table_len, int64_t row, const char *locale, int64_t locale_len, int32_t format, uint8_t **out, int64_t *len, struct siam_error **error);

#ifdef __cplusplus
} /* extern "C" */
#endif /* __cplusplus */

#endif  /* SIAM_H */

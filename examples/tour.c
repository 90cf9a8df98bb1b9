/* A tour in ten lines: who is hit when both lines fail, and why. Run from the root of the repository. */
#include "siam.h"
#include <stdio.h>
#include <string.h>

#define TRY(call) do { if ((call) != 0) goto done; } while (0)

static void print_bytes(uint8_t *bytes, int64_t len) {
  fwrite(bytes, 1, (size_t)len, stdout);
  siam_bytes_free(bytes, len);
}

int main(void) {
  siam_host *host = NULL;
  siam_ecosystem *ecosystem = NULL;
  siam_report *report = NULL;
  siam_error *error = NULL;
  siam_document document;
  static char yaml[65536];
  uint8_t *bytes = NULL;
  int64_t len = 0;
  FILE *file = fopen("examples/tour/ecosystem.yaml", "rb");
  if (file == NULL) return perror("examples/tour/ecosystem.yaml"), 1;
  memset(&document, 0, sizeof document);
  document.struct_size = sizeof document;
  document.name = "ecosystem.yaml";
  document.name_len = SIAM_NTS;
  document.text = yaml;
  document.text_len = (int64_t)fread(yaml, 1, sizeof yaml, file);
  fclose(file);

  TRY(siam_host_new(NULL, &host, &error));
  TRY(siam_load(host, &document, 1, NULL, 0, &ecosystem, &error));
  TRY(siam_impact(ecosystem, "{\"failures\": [\"wan-a\", \"wan-b\"]}", SIAM_NTS, NULL, 0, &report, &error));
  TRY(siam_report_text(report, NULL, 0, "service,level,users,route", SIAM_NTS, 10, "en", SIAM_NTS, &bytes, &len, &error));
  print_bytes(bytes, len);
  TRY(siam_explain(report, NULL, 0, 0, "en", SIAM_NTS, SIAM_FORMAT_TEXT, &bytes, &len, &error));
  print_bytes(bytes, len);

done:
  if (error != NULL) fprintf(stderr, "%s\n", siam_error_text(error));
  len = error == NULL ? 0 : 1;
  siam_error_free(error);
  siam_report_free(report);
  siam_ecosystem_free(ecosystem);
  siam_host_free(host);
  return (int)len;
}

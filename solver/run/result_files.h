#pragma once

#include "case.h"

/* Names of all files a run may write, NULL-terminated. */
extern const char *const ResultFileNames[];

/* Those that a case writes, results.json last, and those it does not, which an earlier run may have
 * left; NULL-terminated. */
typedef struct {
  const char *written[10], *stale[7];
} ResultFiles;

ResultFiles ResultFilesChoose(const Case *case_in);

#pragma once

#include <stdio.h>
#include "problems.h"

/* The lines of a text file, one after another, with their numbers for messages. */
typedef struct {
  const char *path;
  FILE *file;
  Problems *problems;
  long long number; /* of the line, from 1 */
  char *text;       /* without the end of line */
  size_t room;
} EbsdLines;

/* Reads the next line; false at the end of the file. */
int EbsdLinesNext(EbsdLines *lines);

/* A problem in the line read last. */
void EbsdLinesProblem(const EbsdLines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Numbers at the beginning of a text, parted by blanks; a comma may be the decimal point. How many
 * there are, at most `most`; -1 with a problem if there is something else. */
int EbsdLinesNumbers(const EbsdLines *lines, char *text, int most, double *numbers);

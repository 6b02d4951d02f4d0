#include "problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *compose(const char *place, const char *format, va_list arguments)
{
  char message[2048];
  char *text;
  size_t length;

  vsnprintf(message, sizeof message, format, arguments);
  length = strlen(message) + (place ? strlen(place) + 2 : 0) + 1;
  text = malloc(length);
  if (!text) abort();
  snprintf(text, length, "%s%s%s", place ? place : "", place ? ": " : "", message);
  return text;
}

static void append(char ***texts, int *count, char *text)
{
  for (int t = 0; t < *count; t++) {
    if (!strcmp((*texts)[t], text)) { /* the same thing found twice is one thing to mend */
      free(text);
      return;
    }
  }
  *texts = realloc(*texts, (size_t)(*count + 1) * sizeof **texts);
  if (!*texts) abort();
  (*texts)[(*count)++] = text;
}

void ProblemsAdd(Problems *problems, const char *place, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  append(&problems->texts, &problems->num_problems, compose(place, format, arguments));
  va_end(arguments);
}

void ProblemsWarn(Problems *problems, const char *place, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  append(&problems->warnings, &problems->num_warnings, compose(place, format, arguments));
  va_end(arguments);
}

void ProblemsDestroy(Problems *problems)
{
  for (int t = 0; t < problems->num_problems; t++) free(problems->texts[t]);
  for (int t = 0; t < problems->num_warnings; t++) free(problems->warnings[t]);
  free(problems->texts);
  free(problems->warnings);
  memset(problems, 0, sizeof *problems);
}

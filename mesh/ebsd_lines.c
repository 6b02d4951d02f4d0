#include "ebsd_lines.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int EbsdLinesNext(EbsdLines *lines)
{
  ssize_t length = getline(&lines->text, &lines->room, lines->file);

  if (length < 0) return 0;
  lines->number++;
  while (length && strchr("\r\n", lines->text[length - 1])) lines->text[--length] = '\0';
  return 1;
}

void EbsdLinesProblem(const EbsdLines *lines, const char *format, ...)
{
  char place[4096], message[1024];
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  snprintf(place, sizeof place, "%s:%lld", lines->path, lines->number);
  ProblemsAdd(lines->problems, place, "%s", message);
}

int EbsdLinesNumbers(const EbsdLines *lines, char *text, int most, double *numbers)
{
  int num = 0;

  for (char *c = text; *c; c++) {
    if (*c == ',') *c = '.';
  }
  for (;;) {
    char *end;

    text += strspn(text, " \t");
    if (!*text || num == most) return num;
    numbers[num] = strtod(text, &end);
    if (end == text || !strchr(" \t", *end) || !isfinite(numbers[num])) {
      EbsdLinesProblem(lines, "has \"%.*s\" where a number should be", (int)strcspn(text, " \t"),
                       text);
      return -1;
    }
    num++;
    text = end;
  }
}

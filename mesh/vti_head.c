#include "vti_head.h"

#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  XML_Parser parser;
  VtiHead *head;
  int in_data; /* 1: CellData, 2: PointData */
  VtiArray *open;
  PetscErrorCode code;
} Reader;

static const char *attribute(const char **attributes, const char *name)
{
  for (; attributes[0]; attributes += 2) {
    if (!strcmp(attributes[0], name)) return attributes[1];
  }
  return NULL;
}

static void copy(const char **attributes, const char *name, const char *otherwise,
                 char to[VTI_NAME])
{
  const char *value = attribute(attributes, name);

  snprintf(to, VTI_NAME, "%s", value ? value : otherwise);
  for (char *c = to; *c; c++) {
    if (*c < ' ' || *c > '~') *c = '?';
  }
}

/* Numbers of an attribute; all NaN if they are not as many. */
static void read_numbers(const char **attributes, const char *name, int count, double *numbers)
{
  const char *text = attribute(attributes, name);

  for (int n = 0; n < count; n++) {
    char *end = NULL;

    numbers[n] = text ? strtod(text, &end) : NAN;
    if (text && end == text) numbers[n] = NAN;
    text = end;
  }
}

static PetscErrorCode add_array(Reader *reader, const char **attributes)
{
  VtiHead *head = reader->head;
  const char *components = attribute(attributes, "NumberOfComponents");
  VtiArray *array;

  PetscFunctionBeginUser;
  if (head->num_arrays == head->capacity) {
    head->capacity = 2 * head->capacity + 8;
    PetscCall(PetscRealloc((size_t)head->capacity * sizeof *head->arrays, &head->arrays));
  }
  array = reader->open = &head->arrays[head->num_arrays++];
  copy(attributes, "Name", "", array->name);
  copy(attributes, "type", "", array->type);
  copy(attributes, "format", "ascii", array->format);
  read_numbers(attributes, "offset", 1, &array->offset);
  array->is_of_points = (PetscBool)(reader->in_data == 2);
  array->is_scalar = (PetscBool)(!components || atoi(components) == 1);
  array->begin = XML_GetCurrentByteIndex(reader->parser) + XML_GetCurrentByteCount(reader->parser);
  array->end = array->begin;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void start(void *data, const char *tag, const char **attributes)
{
  Reader *reader = data;
  VtiHead *head = reader->head;

  if (!strcmp(tag, "VTKFile")) {
    copy(attributes, "type", "", head->kind);
    copy(attributes, "byte_order", "LittleEndian", head->byte_order);
    copy(attributes, "header_type", "UInt32", head->header_type);
    copy(attributes, "compressor", "", head->compressor);
  } else if (!strcmp(tag, "ImageData")) {
    head->has_image = PETSC_TRUE;
    read_numbers(attributes, "WholeExtent", 6, head->whole);
    read_numbers(attributes, "Spacing", 3, head->spacing);
    if (attribute(attributes, "Direction"))
      read_numbers(attributes, "Direction", 9, head->direction);
  } else if (!strcmp(tag, "Piece")) {
    head->num_pieces++;
    read_numbers(attributes, "Extent", 6, head->piece);
  } else if (!strcmp(tag, "CellData") || !strcmp(tag, "PointData")) {
    reader->in_data = tag[0] == 'C' ? 1 : 2;
  } else if (!strcmp(tag, "DataArray") && reader->in_data && !reader->open) {
    reader->code = add_array(reader, attributes);
    if (reader->code) XML_StopParser(reader->parser, XML_FALSE);
  } else if (!strcmp(tag, "AppendedData")) {
    copy(attributes, "encoding", "base64", head->encoding);
    head->appended =
        XML_GetCurrentByteIndex(reader->parser) + XML_GetCurrentByteCount(reader->parser);
    XML_StopParser(reader->parser, XML_FALSE); /* raw bytes are no XML */
  }
}

static void end(void *data, const char *tag)
{
  Reader *reader = data;

  if (!strcmp(tag, "CellData") || !strcmp(tag, "PointData")) {
    reader->in_data = 0;
  } else if (!strcmp(tag, "DataArray") && reader->open) {
    reader->open->end = XML_GetCurrentByteIndex(reader->parser);
    reader->open = NULL;
  }
}

PetscErrorCode VtiHeadRead(const char *path, int file, Problems *problems, VtiHead *head,
                           PetscBool *is_read)
{
  static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  Reader reader = {.parser = XML_ParserCreate(NULL), .head = head};
  enum XML_Status status = XML_STATUS_OK;
  char text[16384];
  PetscInt64 at = 0;
  ssize_t count;

  PetscFunctionBeginUser;
  PetscCheck(reader.parser, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for a parser");
  memset(head, 0, sizeof *head);
  memcpy(head->direction, identity, sizeof identity);
  XML_SetUserData(reader.parser, &reader);
  XML_SetElementHandler(reader.parser, start, end);
  do {
    count = pread(file, text, sizeof text, at);
    if (count >= 0) status = XML_Parse(reader.parser, text, (int)count, count == 0);
    at += count;
  } while (count > 0 && status == XML_STATUS_OK);
  *is_read = (PetscBool)(count >= 0 && (status == XML_STATUS_OK || head->appended));
  if (!*is_read) {
    ProblemsAdd(problems, path, "is no XML that can be read: line %lu: %s",
                (unsigned long)XML_GetCurrentLineNumber(reader.parser),
                count < 0 ? "it cannot be read" : XML_ErrorString(XML_GetErrorCode(reader.parser)));
  }
  XML_ParserFree(reader.parser);
  PetscCall(reader.code);
  PetscFunctionReturn(PETSC_SUCCESS);
}

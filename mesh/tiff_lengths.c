#include "tiff_lengths.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXT = 64 };

static const struct {
  const char *name;
  PetscReal unit; /* [m] */
} units[] = {{"um", 1e-6},        {"micron", 1e-6}, {"microns", 1e-6}, {"\xc2\xb5m", 1e-6},
             {"\xce\xbcm", 1e-6}, {"\xb5m", 1e-6},  {"nm", 1e-9},      {"mm", 1e-3},
             {"\\u00B5m", 1e-6},  {"cm", 1e-2},     {"m", 1},          {"pm", 1e-12},
             {"\xc3\x85", 1e-10}, {"inch", 0.0254}, {"in", 0.0254},    {"\\u00b5m", 1e-6}};

static PetscBool find_unit(const char *path, const char *name, Problems *problems, PetscReal *unit)
{
  for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
    if (strcmp(units[u].name, name)) continue;
    *unit = units[u].unit;
    return PETSC_TRUE;
  }
  if (!strcmp(name, "pixel") || !strcmp(name, "pixels") || !name[0]) return PETSC_TRUE;
  ProblemsAdd(problems, path,
              "gives lengths in \"%.32s\"; known are nm, um, micron, mm, cm, m and inch", name);
  return PETSC_FALSE;
}

/* Text between `key` and `end` or the end of the line; false if there is no such key. */
static PetscBool find_value(const char *description, const char *key, char end,
                            char value[MOST_TEXT])
{
  const char *at = strstr(description, key);
  int length = 0;

  value[0] = '\0';
  if (!at) return PETSC_FALSE;
  for (at += strlen(key); at[length] && at[length] != end && at[length] != '\n';) {
    if (++length == MOST_TEXT) return PETSC_FALSE;
  }
  snprintf(value, MOST_TEXT, "%.*s", length, at);
  return PETSC_TRUE;
}

static PetscReal find_number(const char *description, const char *key, char end)
{
  char value[MOST_TEXT];
  const double number = find_value(description, key, end, value) ? strtod(value, NULL) : 0;

  return isfinite(number) ? number : 0;
}

static PetscBool refuse_several(const char *path, const char *description, const char *const keys[],
                                char end, Problems *problems)
{
  for (; *keys; keys++) {
    const PetscReal number = find_number(description, *keys, end);

    if (number <= 1) continue;
    ProblemsAdd(problems, path, "is a stack of %g channels or times (%.*s); it must be of one",
                number, (int)strcspn(*keys, "=") - 1, *keys + 1);
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

/* Lines "key=value" of ImageJ. */
static PetscBool read_imagej(const char *path, const char *description, const float resolution[2],
                             PetscInt num_pages, Problems *problems, TiffLengths *lengths)
{
  static const char *const several[] = {"\nchannels=", "\nframes=", NULL};
  const PetscReal images = find_number(description, "\nimages=", '\n');
  char unit[MOST_TEXT];

  if (refuse_several(path, description, several, '\n', problems)) return PETSC_FALSE;
  if (images > num_pages) {
    ProblemsAdd(problems, path,
                "is a stack of ImageJ whose %g layers are behind its %" PetscInt_FMT
                " page(s), as it writes above 4 GB; save it as a folder (Image Sequence) or as "
                "BigTIFF",
                images, num_pages);
    return PETSC_FALSE;
  }
  if (!find_value(description, "\nunit=", '\n', unit)) return PETSC_TRUE;
  if (!find_unit(path, unit, problems, &lengths->unit)) return PETSC_FALSE;
  for (int d = 0; d < 2; d++) {
    if (resolution[d] > 0 && isfinite(resolution[d])) lengths->spacing[d] = 1 / resolution[d];
  }
  lengths->spacing[2] = fabs(find_number(description, "\nspacing=", '\n'));
  return PETSC_TRUE;
}

/* Attributes of OME's XML. */
static PetscBool read_ome(const char *path, const char *description, Problems *problems,
                          TiffLengths *lengths)
{
  static const char *const several[] = {" SizeC=\"", " SizeT=\"", NULL};
  static const char *const sizes[] = {" PhysicalSizeX=\"", " PhysicalSizeY=\"",
                                      " PhysicalSizeZ=\""};
  static const char *const names[] = {" PhysicalSizeXUnit=\"", " PhysicalSizeYUnit=\"",
                                      " PhysicalSizeZUnit=\""};

  if (refuse_several(path, description, several, '"', problems)) return PETSC_FALSE;
  for (int d = 0; d < 3; d++) {
    PetscReal unit = 1e-6; /* as the specification has it, if nothing is said */
    char name[MOST_TEXT];

    if (find_value(description, names[d], '"', name) && !find_unit(path, name, problems, &unit)) {
      return PETSC_FALSE;
    }
    lengths->spacing[d] = find_number(description, sizes[d], '"') * unit;
  }
  lengths->unit = lengths->spacing[0] > 0 ? 1 : 0;
  return PETSC_TRUE;
}

PetscBool TiffLengthsRead(const char *path, const char *description, const float resolution[2],
                          PetscInt num_pages, Problems *problems, TiffLengths *lengths)
{
  memset(lengths, 0, sizeof *lengths);
  if (!description) return PETSC_TRUE;
  if (!strncmp(description, "ImageJ=", 7)) {
    return read_imagej(path, description, resolution, num_pages, problems, lengths);
  }
  if (strstr(description, "<OME")) return read_ome(path, description, problems, lengths);
  return PETSC_TRUE;
}

#include "result_files.h"

const char *const ResultFileNames[] = {
    "fields.h5",     "fields.xdmf", "fields.vti", "grains.csv",   "boundaries.vtp",
    "impedance.csv", "profile.csv", "run.log",    "results.json", NULL};

ResultFiles ResultFilesChoose(const Case *case_in)
{
  const PetscBool is_wanted[] = {case_in->has_fields,         case_in->has_fields,
                                 case_in->has_fields_vti,     case_in->has_grains,
                                 case_in->has_boundaries_vtp, case_in->has_impedance};
  const int num_optional = (int)(sizeof is_wanted / sizeof *is_wanted);
  ResultFiles files = {{NULL}, {NULL}};
  int written = 0, stale = 0;

  for (int f = 0; ResultFileNames[f]; f++) {
    if (f >= num_optional || is_wanted[f])
      files.written[written++] = ResultFileNames[f];
    else
      files.stale[stale++] = ResultFileNames[f];
  }
  return files;
}

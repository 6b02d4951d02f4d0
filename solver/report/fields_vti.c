#include "fields_vti.h"

#include <stdio.h>

/* VTK's file formats, "VTK XML Formats", ImageData with raw appended data: each array is its number
   of bytes, 64 bits, and then the values. Every rank writes its own cells. */

#ifdef PETSC_WORDS_BIGENDIAN
#define BYTE_ORDER_NAME "BigEndian"
#else
#define BYTE_ORDER_NAME "LittleEndian"
#endif

static PetscInt film_planes(const Grid *grid)
{
  return grid->film_cells[1] - grid->film_cells[0];
}

static PetscInt64 array_bytes(const Grid *grid, const VtiArray *array)
{
  const PetscInt64 cells = (PetscInt64)grid->num_cells[0] * grid->num_cells[1] * film_planes(grid);

  return cells * array->components * 4;
}

static int print_header(const Grid *grid, int num, const VtiArray arrays[], size_t size, char *text)
{
  const PetscInt planes = film_planes(grid);
  const double low = grid->edges[2][grid->film_cells[0]];
  PetscInt64 offset = 0;
  char extent[96];
  int used;

  snprintf(extent, sizeof extent, "0 %" PetscInt_FMT " 0 %" PetscInt_FMT " 0 %" PetscInt_FMT,
           grid->num_cells[0], grid->num_cells[1], planes);
  used = snprintf(text, size,
                  "<?xml version=\"1.0\"?>\n<!-- lengths in um -->\n"
                  "<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"" BYTE_ORDER_NAME
                  "\" header_type=\"UInt64\">\n"
                  "<ImageData WholeExtent=\"%s\" Origin=\"0 0 %.17g\" Spacing=\"%.17g %.17g "
                  "%.17g\">\n<Piece Extent=\"%s\">\n<CellData>\n",
                  extent, low * 1e6,
                  grid->edges[0][grid->num_cells[0]] / (double)grid->num_cells[0] * 1e6,
                  grid->edges[1][grid->num_cells[1]] / (double)grid->num_cells[1] * 1e6,
                  (grid->edges[2][grid->film_cells[1]] - low) / (double)planes * 1e6, extent);
  for (int a = 0; a < num; a++) {
    used += snprintf(text + used, size - (size_t)used,
                     "<DataArray type=\"%s\" Name=\"%s\" NumberOfComponents=\"%d\" "
                     "format=\"appended\" offset=\"%" PetscInt64_FMT "\"/>\n",
                     arrays[a].type == MPI_FLOAT ? "Float32" : "Int32", arrays[a].name,
                     arrays[a].components, offset);
    offset += 8 + array_bytes(grid, &arrays[a]);
  }
  used += snprintf(text + used, size - (size_t)used,
                   "</CellData>\n</Piece>\n</ImageData>\n<AppendedData encoding=\"raw\">\n_");
  return used;
}

/* Rank 0 writes what there is once. */
static PetscErrorCode put_once(FieldsVti *vti, const void *bytes, int count)
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(vti->grid->comm, &rank));
  if (!rank && vti->file != MPI_FILE_NULL &&
      MPI_File_write_at(vti->file, (MPI_Offset)vti->next, bytes, count, MPI_BYTE,
                        MPI_STATUS_IGNORE)) {
    vti->failures++;
  }
  vti->next += count;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FieldsVtiCreate(const Grid *grid, const char *path, int num, const VtiArray arrays[],
                               FieldsVti *vti)
{
  char header[4096];

  PetscFunctionBeginUser;
  *vti = (FieldsVti){.grid = grid};
  if (MPI_File_open(grid->comm, path, MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL,
                    &vti->file)) {
    vti->file = MPI_FILE_NULL;
    vti->failures = 1;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (MPI_File_set_size(vti->file, 0)) vti->failures++;
  PetscCall(put_once(vti, header, print_header(grid, num, arrays, sizeof header, header)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FieldsVtiPut(FieldsVti *vti, const VtiArray *array, const void *values)
{
  const Grid *grid = vti->grid;
  const PetscInt first = PetscMax(grid->film_cells[0] - grid->start[2], 0);
  const PetscInt end = PetscMin(grid->film_cells[1] - grid->start[2], grid->count[2]);
  const PetscInt planes = PetscMax(end - first, 0);
  const int bytes = array->components * 4;
  const size_t plane = (size_t)grid->count[0] * (size_t)grid->count[1] * (size_t)bytes;
  const uint64_t size = (uint64_t)array_bytes(grid, array);
  MPI_Datatype cell, part = MPI_BYTE;
  PetscMPIInt count;

  PetscFunctionBeginUser;
  PetscCall(put_once(vti, &size, sizeof size));
  PetscCall(PetscMPIIntCast(grid->count[0] * grid->count[1] * planes, &count));
  PetscCallMPI(MPI_Type_contiguous(bytes, MPI_BYTE, &cell));
  PetscCallMPI(MPI_Type_commit(&cell));
  if (count) {
    const int whole[3] = {(int)film_planes(grid), (int)grid->num_cells[1], (int)grid->num_cells[0]};
    const int own[3] = {(int)planes, (int)grid->count[1], (int)grid->count[0]};
    const int start[3] = {(int)(grid->start[2] + first - grid->film_cells[0]), (int)grid->start[1],
                          (int)grid->start[0]};

    PetscCallMPI(MPI_Type_create_subarray(3, whole, own, start, MPI_ORDER_C, cell, &part));
    PetscCallMPI(MPI_Type_commit(&part));
  }
  if (vti->file != MPI_FILE_NULL) {
    if (MPI_File_set_view(vti->file, (MPI_Offset)vti->next, count ? cell : MPI_BYTE, part, "native",
                          MPI_INFO_NULL)) {
      vti->failures++;
    }
    if (MPI_File_write_all(vti->file, (const char *)values + (size_t)first * plane, count, cell,
                           MPI_STATUS_IGNORE)) {
      vti->failures++;
    }
    if (MPI_File_set_view(vti->file, 0, MPI_BYTE, MPI_BYTE, "native", MPI_INFO_NULL)) {
      vti->failures++;
    }
  }
  if (count) PetscCallMPI(MPI_Type_free(&part));
  PetscCallMPI(MPI_Type_free(&cell));
  vti->next += (PetscInt64)size;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FieldsVtiClose(FieldsVti *vti, PetscBool *is_written)
{
  static const char tail[] = "\n</AppendedData>\n</VTKFile>\n";

  PetscFunctionBeginUser;
  PetscCall(put_once(vti, tail, sizeof tail - 1));
  if (vti->file != MPI_FILE_NULL && MPI_File_close(&vti->file)) vti->failures++;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &vti->failures, 1, MPI_INT, MPI_SUM, vti->grid->comm));
  *is_written = (PetscBool)!vti->failures;
  PetscFunctionReturn(PETSC_SUCCESS);
}

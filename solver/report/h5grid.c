#include "h5grid.h"

#include <stdio.h>
#include <string.h>

/* HDF5 calls return a negative number when they fail. */
#define H5Call(call)                                                                               \
  do {                                                                                             \
    PetscCheck((call) >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "HDF5: %s failed", #call);      \
  } while (0)

static PetscErrorCode write_text_attribute(hid_t dataset, const char *name, const char *text)
{
  hid_t space = H5Screate(H5S_SCALAR), type = H5Tcopy(H5T_C_S1), attribute;

  PetscFunctionBeginUser;
  H5Call(H5Tset_size(type, strlen(text) + 1));
  attribute = H5Acreate2(dataset, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Call(attribute);
  H5Call(H5Awrite(attribute, type, text));
  H5Call(H5Aclose(attribute));
  H5Call(H5Tclose(type));
  H5Call(H5Sclose(space));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One dataset; every rank gives the part from `start` of extent `count` (0: nothing). */
static PetscErrorCode write_dataset(hid_t file, const char *name, const char *units, int rank,
                                    const hsize_t extent[], const hsize_t start[],
                                    const hsize_t count[], hid_t stored, hid_t memory,
                                    const void *values)
{
  hid_t file_space = H5Screate_simple(rank, extent, NULL);
  hid_t memory_space = H5Screate_simple(rank, count, NULL);
  hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
  hid_t dataset = H5Dcreate2(file, name, stored, file_space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  PetscFunctionBeginUser;
  H5Call(dataset);
  H5Call(H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE));
  if (count[0])
    H5Call(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start, NULL, count, NULL));
  else {
    H5Call(H5Sselect_none(file_space));
    H5Call(H5Sselect_none(memory_space));
  }
  H5Call(H5Dwrite(dataset, memory, memory_space, file_space, transfer, values));
  PetscCall(write_text_attribute(dataset, "units", units));
  H5Call(H5Dclose(dataset));
  H5Call(H5Pclose(transfer));
  H5Call(H5Sclose(memory_space));
  H5Call(H5Sclose(file_space));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_edges(const Grid *grid, hid_t file)
{
  static const char *const names[3] = {"x_um", "y_um", "z_um"};
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &rank));
  for (int d = 0; d < 3; d++) {
    const hsize_t extent = (hsize_t)grid->num_cells[d] + 1, start = 0, count = rank ? 0 : extent;
    double *edges;

    PetscCall(PetscMalloc1(extent, &edges));
    for (hsize_t e = 0; e < extent; e++) edges[e] = grid->edges[d][e] * 1e6;
    PetscCall(write_dataset(file, names[d], "um", 1, &extent, &start, &count, H5T_IEEE_F64LE,
                            H5T_NATIVE_DOUBLE, edges));
    PetscCall(PetscFree(edges));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode H5GridCreate(const Grid *grid, const char *path, const char *final_name,
                            H5Grid *file)
{
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);

  PetscFunctionBeginUser;
  file->grid = grid;
  file->num_datasets = 0;
  PetscCall(PetscStrncpy(file->name, final_name, sizeof file->name));
  H5Call(H5Pset_fapl_mpio(access, grid->comm, MPI_INFO_NULL));
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* one message of our own instead of HDF5's stack */
  file->file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  PetscCheck(file->file >= 0, grid->comm, PETSC_ERR_FILE_OPEN, "cannot create %s", path);
  H5Call(H5Pclose(access));
  PetscCall(write_edges(grid, file->file));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode H5GridWrite(H5Grid *file, const char *name, const char *units, hid_t memory,
                           int components, const void *values)
{
  const PetscBool is_integer = (PetscBool)(H5Tget_class(memory) == H5T_INTEGER);
  const int rank = components > 1 ? 4 : 3;
  const int n = file->num_datasets++;
  hsize_t extent[4], start[4], count[4];

  PetscFunctionBeginUser;
  PetscCheck(n < 16, file->grid->comm, PETSC_ERR_ARG_OUTOFRANGE, "more than 16 datasets");
  for (int d = 0; d < 3; d++) {
    extent[d] = (hsize_t)file->grid->num_cells[2 - d];
    start[d] = (hsize_t)file->grid->start[2 - d];
    count[d] = (hsize_t)file->grid->count[2 - d];
  }
  start[3] = 0;
  extent[3] = count[3] = (hsize_t)components;
  PetscCall(write_dataset(file->file, name, units, rank, extent, start, count,
                          is_integer ? H5T_STD_I32LE : H5T_IEEE_F32LE, memory, values));
  PetscCall(PetscStrncpy(file->datasets[n].name, name, sizeof file->datasets[n].name));
  PetscCall(PetscStrncpy(file->datasets[n].type, is_integer ? "Int" : "Float", 8));
  file->datasets[n].components = components;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void print_item(FILE *out, const H5Grid *file, const char *dimensions, const char *type,
                       int bytes, const char *name)
{
  fprintf(out,
          "<DataItem Dimensions=\"%s\" NumberType=\"%s\" Precision=\"%d\" Format=\"HDF\">"
          "%s:/%s</DataItem>\n",
          dimensions, type, bytes, file->name, name);
}

static void print_xdmf(FILE *out, const H5Grid *file)
{
  static const char *const edges[3] = {"x_um", "y_um", "z_um"};
  const PetscInt *n = file->grid->num_cells;
  char dimensions[128];

  fprintf(out,
          "<?xml version=\"1.0\"?>\n<Xdmf Version=\"2.0\">\n<Domain>\n<Grid GridType=\"Uniform\">\n"
          "<Topology TopologyType=\"3DRectMesh\" Dimensions=\"%" PetscInt_FMT " %" PetscInt_FMT
          " %" PetscInt_FMT "\"/>\n<Geometry GeometryType=\"VXVYVZ\">\n",
          n[2] + 1, n[1] + 1, n[0] + 1);
  for (int d = 0; d < 3; d++) {
    snprintf(dimensions, sizeof dimensions, "%" PetscInt_FMT, n[d] + 1);
    print_item(out, file, dimensions, "Float", 8, edges[d]);
  }
  fprintf(out, "</Geometry>\n");
  for (int s = 0; s < file->num_datasets; s++) {
    const PetscBool is_vector = (PetscBool)(file->datasets[s].components > 1);

    snprintf(dimensions, sizeof dimensions,
             "%" PetscInt_FMT " %" PetscInt_FMT " %" PetscInt_FMT "%s", n[2], n[1], n[0],
             is_vector ? " 3" : "");
    fprintf(out, "<Attribute Name=\"%s\" AttributeType=\"%s\" Center=\"Cell\">\n",
            file->datasets[s].name, is_vector ? "Vector" : "Scalar");
    print_item(out, file, dimensions, file->datasets[s].type, 4, file->datasets[s].name);
    fprintf(out, "</Attribute>\n");
  }
  fprintf(out, "</Grid>\n</Domain>\n</Xdmf>\n");
}

PetscErrorCode H5GridClose(H5Grid *file, const char *xdmf_path)
{
  PetscMPIInt rank;
  int failed = 0;

  PetscFunctionBeginUser;
  H5Call(H5Fclose(file->file));
  PetscCallMPI(MPI_Comm_rank(file->grid->comm, &rank));
  if (!rank) {
    FILE *out = fopen(xdmf_path, "w");

    failed = !out;
    if (out) {
      print_xdmf(out, file);
      failed = ferror(out) | fclose(out);
    }
  }
  PetscCallMPI(MPI_Bcast(&failed, 1, MPI_INT, 0, file->grid->comm));
  PetscCheck(!failed, file->grid->comm, PETSC_ERR_FILE_WRITE, "cannot write %s", xdmf_path);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Memory bandwidth of all ranks together: prints the bytes per second of a = b + s c, counted as
   STREAM does (two reads and a write), the fastest of ten passes.
   With a number of bytes as argument: writes to so much memory once and prints nothing. On a
   virtual machine the first touch of memory that its host has not backed is many times slower than
   any after it, which would be measured instead of the program that comes first. */
#define _DEFAULT_SOURCE /* madvise() */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PASSES 10

/* In a function of its own, or the compiler drops passes whose result nobody reads. */
static void triad(size_t n, double s, double *restrict a, const double *b, const double *c)
{
  for (size_t i = 0; i < n; i++) a[i] = b[i] + s * c[i];
}

static int measure(int argc, char **argv)
{
  const size_t n = (size_t)1 << 24; /* 128 MiB an array: far beyond any cache */
  double *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b), *c = malloc(n * sizeof *c);
  double fastest = 1e300;
  int rank, size;

  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (!a || !b || !c) {
    fprintf(stderr, "bandwidth: no memory for three arrays of %zu bytes\n", n * sizeof *a);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  for (size_t i = 0; i < n; i++) { /* this rank touches its pages first: they are near */
    a[i] = 0;
    b[i] = 1;
    c[i] = 2;
  }
  for (int pass = 0; pass < PASSES; pass++) {
    double start, seconds;

    MPI_Barrier(MPI_COMM_WORLD);
    start = MPI_Wtime();
    triad(n, pass, a, b, c);
    seconds = MPI_Wtime() - start;
    MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    if (seconds < fastest) fastest = seconds;
  }
  /* the sum is right only if the passes were made */
  if (a[n / 2] != 1 + 2 * (PASSES - 1)) MPI_Abort(MPI_COMM_WORLD, 1);
  if (rank == 0) printf("%.6g\n", 3.0 * sizeof *a * (double)n * size / fastest);
  free(a);
  free(b);
  free(c);
  return MPI_Finalize();
}

static int touch(size_t bytes)
{
  void *memory =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (memory == MAP_FAILED) return 1;
  (void)madvise(memory, bytes, MADV_HUGEPAGE);
  memset(memory, 1, bytes);
  return 0;
}

int main(int argc, char **argv)
{
  if (argc > 1) return touch((size_t)strtoull(argv[1], NULL, 10));
  return measure(argc, argv);
}

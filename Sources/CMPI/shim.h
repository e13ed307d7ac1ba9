// What `Machines` needs of MPI, whose constants are macros that Swift does not see.
#ifndef CMPI_SHIM_H
#define CMPI_SHIM_H

#include <mpi.h>
#include <stddef.h>

// Something that is under way; the type differs from library to library.
typedef struct {
  MPI_Request request;
} cmpi_request;

// Whether MPI could be started, for calls from one thread at a time.
static inline int cmpi_start(void) {
  int provided = 0;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) return 0;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  return provided >= MPI_THREAD_SERIALIZED;
}

static inline int cmpi_rank(void) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

static inline int cmpi_count(void) {
  int count = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  return count;
}

// Each begins something and says whether it could.
static inline int cmpi_send(const void *bytes, int count, int rank, int tag, cmpi_request *request) {
  return MPI_Isend(bytes, count, MPI_BYTE, rank, tag, MPI_COMM_WORLD, &request->request)
         == MPI_SUCCESS;
}

static inline int cmpi_receive(void *bytes, int count, int rank, int tag, cmpi_request *request) {
  return MPI_Irecv(bytes, count, MPI_BYTE, rank, tag, MPI_COMM_WORLD, &request->request)
         == MPI_SUCCESS;
}

static inline int cmpi_broadcast(void *bytes, int count, cmpi_request *request) {
  return MPI_Ibcast(bytes, count, MPI_BYTE, 0, MPI_COMM_WORLD, &request->request) == MPI_SUCCESS;
}

// 1 where it is done, 0 where it is not, −1 where it failed.
static inline int cmpi_test(cmpi_request *request) {
  int done = 0;
  if (MPI_Test(&request->request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return -1;
  return done;
}

static inline void cmpi_cancel(cmpi_request *request) {
  MPI_Cancel(&request->request);
  MPI_Request_free(&request->request);
}

static inline void cmpi_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

static inline void cmpi_end(void) { MPI_Finalize(); }

#endif

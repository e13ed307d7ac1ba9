#ifndef CPROCESSES_H
#define CPROCESSES_H

#include <stdint.h>

// Starts a program in a process group of its own, with no signal blocked and those that this
// process handles at their defaults. On Linux the process is killed when the thread that started it
// ends, as it does when this process is killed.
//
// `input`, `output` and `error` become its standard descriptors; an input of -1 is one at its end.
// `variable`, "NAME=value", is added to the environment.
//
// Returns the process's number, or the negative number of the error.
int32_t cp_start(
    const char *path, char *const arguments[], const char *variable, int32_t input, int32_t output,
    int32_t error);

// A descriptor that can be read from when the process has ended, or -1 where there are none.
int32_t cp_watch(int32_t process);

// A pipe whose ends, the reading one first, no process inherits: also none that another thread starts
// meanwhile, where the system can see to that. Returns 0 or the number of the error.
int32_t cp_pipe(int32_t ends[2]);

// Where this process's address space is limited, keeps the allocator from reserving 64 MiB of it for each
// thread. To be called before any other thread is there.
void cp_spare_address_space(void);

// The number below which those of this process's descriptors are.
int64_t cp_descriptor_limit(void);

#endif

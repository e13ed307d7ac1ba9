// Tells the thread sanitizer of the slow ways of Swift's `Mutex`.
//
// Its fast ways are inlined where it is used, and so instrumented; where a thread has to wait, the
// standard library and the kernel hand the lock on, which the sanitizer does not see, and every
// access under such a lock is a race to it. Loaded before the library (LD_PRELOAD), these functions
// take the place of its own, call them, and say what they did. Without the sanitizer they say nothing.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Synchronization._MutexHandle._lockSlow(Swift.UInt32) -> (), ._tryLockSlow() -> Swift.Bool,
// ._unlockSlow() -> ()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT bool try_lock(SELF void *mutex) __asm__(TRY_LOCK);
SWIFT void unlock(SELF void *mutex) __asm__(UNLOCK);

SWIFT void lock(uint32_t thread, SELF void *mutex) {
  typedef SWIFT void (*function)(uint32_t, SELF void *);
  ((function)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT bool try_lock(SELF void *mutex) {
  typedef SWIFT bool (*function)(SELF void *);
  bool is_taken = ((function)dlsym(RTLD_NEXT, TRY_LOCK))(mutex);
  if (is_taken && __tsan_acquire) __tsan_acquire(mutex);
  return is_taken;
}

SWIFT void unlock(SELF void *mutex) {
  typedef SWIFT void (*function)(SELF void *);
  if (__tsan_release) __tsan_release(mutex);
  ((function)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}

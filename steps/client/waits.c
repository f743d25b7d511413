/* Waits that libfaketime 0.9.10 does not know (sem_clockwait, pthread_cond_clockwait) or makes too long
 * (sem_timedwait), for processes that live SKYPROOF_WARP times as fast. Loaded before libfaketime. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The function itself, past libfaketime. */
static void *of_libc(const char *name)
{
    void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    return libc ? dlsym(libc, name) : NULL;
}

/* When a moment of a fast clock comes, on the machine's monotonic clock. */
static struct timespec really(clockid_t clock, const struct timespec *until)
{
    const char *warp = getenv("SKYPROOF_WARP");
    double factor = warp ? atof(warp) : 1;
    struct timespec now, at;
    clock_gettime(clock, &now);
    double left_s = (double)(until->tv_sec - now.tv_sec) + (until->tv_nsec - now.tv_nsec) / 1e9;
    left_s = left_s > 0 ? left_s / (factor > 0 ? factor : 1) : 0;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)left_s;
    at.tv_nsec += (long)((left_s - (double)(time_t)left_s) * 1e9);
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec += 1;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until)
{
    int (*wait)(sem_t *, clockid_t, const struct timespec *) = of_libc("sem_clockwait");
    struct timespec at = really(clock, until);
    return wait(semaphore, CLOCK_MONOTONIC, &at);
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    return sem_clockwait(semaphore, CLOCK_REALTIME, until);
}

int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
                           const struct timespec *until)
{
    int (*wait)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *) =
        of_libc("pthread_cond_clockwait");
    struct timespec at = really(clock, until);
    return wait(condition, mutex, CLOCK_MONOTONIC, &at);
}

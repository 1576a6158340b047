/* Work shared among threads that never wait for each other: each takes the next piece. */
#ifndef GS_THREADS_H
#define GS_THREADS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct {
    void (*piece)(void *task, long number);
    void *task;
    long pieces;
    atomic_long next;
} shared_work;

static void *take_pieces(void *argument) {
    shared_work *work = argument;
    long number;
    while ((number = atomic_fetch_add(&work->next, 1)) < work->pieces) work->piece(work->task, number);
    return 0;
}

/* Calls `piece(task, number)` for every number; a thread that cannot be had is done without. */
static void share(void (*piece)(void *, long), void *task, long pieces, int threads) {
    shared_work work = {.piece = piece, .task = task, .pieces = pieces};
    pthread_t others[256];
    int started = 0;
    if (threads > 257) threads = 257;
    while (started < threads - 1 && started < pieces - 1 &&
           pthread_create(&others[started], 0, take_pieces, &work) == 0)
        started++;
    take_pieces(&work);
    for (int t = 0; t < started; t++) pthread_join(others[t], 0);
}

#endif

/*
 * hftdelta_book.h - the price-time book of HftDelta for programs in C: one instrument, limit orders, no accounts.
 *
 * Ownership   hftdelta_book_create makes a book and hftdelta_book_destroy ends it; in between the caller owns it. Arrays
 *             belong to the caller and are read or written only during the call. All memory is taken when the book is made.
 * Threads     A book has one writer: create, submit, is_suspended, snapshot and destroy come from one thread at a time. One
 *             other thread, or the same, may call poll meanwhile. Books are independent of each other.
 * Reports     Every command makes at least one report, in the order of the commands: the answer first, then a TRADE for
 *             each fill, then CANCELED for what an immediate order left or the book could not hold. They wait in a queue
 *             until they are polled; submit publishes what it made before it returns.
 * Errors      A number below zero is a status. Nothing is thrown, nothing is printed. After HFTDELTA_BROKEN (a fault of
 *             the library) the book may only be destroyed. A rejected order is a report and not an error. A pointer that
 *             is not a live book is not noticed.
 * Processor   x86-64 with AVX2 (x86-64-v3) or 64-bit ARM. The library cannot be unloaded.
 */
#ifndef HFTDELTA_BOOK_H
#define HFTDELTA_BOOK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hftdelta_book hftdelta_book;

typedef enum {
    HFTDELTA_OK = 0,
    HFTDELTA_INVALID_ARGUMENT = -1,
    HFTDELTA_OUT_OF_MEMORY = -2,
    HFTDELTA_BROKEN = -3
} hftdelta_status;

typedef enum { HFTDELTA_BUY = 0, HFTDELTA_SELL = 1 } hftdelta_side;

typedef enum {
    HFTDELTA_NEW = 0,
    HFTDELTA_CANCEL = 1,     /* order_id and sequence alone */
    HFTDELTA_REPLACE = 2     /* a new price and open quantity; the side stays. The place in the queue stays too when the
                                price stays and the quantity does not grow, else the order is matched as if it were new. */
} hftdelta_command_type;

typedef enum {
    HFTDELTA_ACCEPTED = 0,
    HFTDELTA_TRADE = 1,      /* price of the maker; order_id is 0, maker_id and taker_id say who */
    HFTDELTA_CANCELED = 2,   /* quantity: what was open */
    HFTDELTA_REPLACED = 3,
    HFTDELTA_CANCEL_REJECTED = 4,
    HFTDELTA_REPLACE_REJECTED = 5,
    HFTDELTA_REJECTED = 6
} hftdelta_report_type;

typedef enum {
    HFTDELTA_NO_REASON = 0,
    HFTDELTA_UNKNOWN_ORDER = 1,
    HFTDELTA_DUPLICATE_ID = 2,   /* an order with this id rests; ids of orders that are gone may be used again */
    HFTDELTA_INVALID = 3,        /* type, side, or a quantity outside 1..2^40 */
    HFTDELTA_BOOK_FULL = 4,
    HFTDELTA_IMMEDIATE = 5
} hftdelta_reason;

typedef struct {
    uint32_t struct_bytes;       /* sizeof(hftdelta_options) */
    uint32_t order_capacity;     /* orders that rest at once, at most 4194304; 100 bytes each */
    uint32_t levels_max;         /* price levels in use at once, both sides; 0 for 4096 */
    uint32_t report_capacity;    /* reports that wait at once, rounded up to a power of two; 64 bytes each */
    uint32_t band_ticks;         /* prices that are fastest: 4096, 262144, or 0 for none. They follow the best prices. */
    uint32_t reserved;           /* 0 */
    int64_t middle_ticks;        /* where the band is at first */
} hftdelta_options;

typedef struct {
    uint8_t type;                /* hftdelta_command_type */
    uint8_t side;                /* hftdelta_side */
    uint8_t is_immediate;        /* 1: what does not trade at once is cancelled */
    uint8_t reserved[5];
    uint64_t order_id;           /* the caller's own */
    uint64_t sequence;           /* the caller's own; its reports carry it */
    int64_t price_ticks;
    int64_t quantity_lots;
} hftdelta_command;

typedef struct {
    uint8_t type;                /* hftdelta_report_type */
    uint8_t side;
    uint8_t reason;              /* hftdelta_reason */
    uint8_t reserved[5];
    uint64_t sequence;
    uint64_t order_id;
    int64_t price_ticks;
    int64_t quantity_lots;
    uint64_t maker_id;
    uint64_t taker_id;
    uint64_t reserved2;
} hftdelta_report;

typedef struct {
    int64_t price_ticks;
    int64_t volume_lots;
    uint32_t orders;
    uint32_t reserved;
} hftdelta_level;

/* Makes a book. *book is NULL unless the result is HFTDELTA_OK. */
int32_t hftdelta_book_create(const hftdelta_options *options, hftdelta_book **book);

/* Ends a book. NULL is nothing to end. */
void hftdelta_book_destroy(hftdelta_book *book);

/* Takes commands in order. Returns how many it took, which is fewer than count when the queue of reports is full: poll and
 * submit the rest. When it fills up in the middle of a sweep, the taker waits in the book, counts as taken, and the next
 * submit, of 0 commands too, goes on with it. */
int32_t hftdelta_book_submit(hftdelta_book *book, const hftdelta_command *commands, uint32_t count);

/* Takes up to max reports out of the queue, oldest first. Returns how many. */
int32_t hftdelta_book_poll(hftdelta_book *book, hftdelta_report *reports, uint32_t max);

/* 1 when a taker waits in the middle of its sweep, else 0. */
int32_t hftdelta_book_is_suspended(hftdelta_book *book);

/* Reads the levels of one side from the best on. Returns how many. */
int32_t hftdelta_book_snapshot(hftdelta_book *book, uint8_t side, hftdelta_level *levels, uint32_t max);

#ifdef __cplusplus
}
#endif

#endif

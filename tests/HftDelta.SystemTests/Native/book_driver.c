/*
 * A program in C that knows the book only by its header: a sweep through a queue of reports that is too small for it, levels,
 * and a random flow in which every lot is accounted for. Prints "ok" and the figures of the flow, or what went wrong.
 */
#include "hftdelta_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS 200000

static void expect(int holds, const char *what) {
    if (!holds) {
        printf("failed: %s\n", what);
        exit(1);
    }
}

static hftdelta_book *make(uint32_t reports) {
    hftdelta_options options = {0};
    hftdelta_book *book = NULL;
    options.struct_bytes = sizeof options;
    options.order_capacity = ORDERS;
    options.levels_max = 4096;
    options.report_capacity = reports;
    options.band_ticks = 4096;
    options.middle_ticks = 50000;
    expect(hftdelta_book_create(&options, &book) == HFTDELTA_OK && book != NULL, "create");
    return book;
}

static hftdelta_command order(uint64_t id, uint8_t side, int64_t price, int64_t quantity) {
    hftdelta_command command = {0};
    command.type = HFTDELTA_NEW;
    command.side = side;
    command.order_id = id;
    command.sequence = id;
    command.price_ticks = price;
    command.quantity_lots = quantity;
    return command;
}

static void sweep(void) {
    hftdelta_book *book = make(8);
    hftdelta_report reports[8];
    hftdelta_level level;
    hftdelta_command command;
    int trades = 0;
    for (uint64_t id = 1; id <= 50; id++) {
        command = order(id, HFTDELTA_SELL, 50000 + (int64_t)id, 2);
        expect(hftdelta_book_submit(book, &command, 1) == 1, "submit");
        expect(hftdelta_book_poll(book, reports, 8) == 1 && reports[0].type == HFTDELTA_ACCEPTED, "accepted");
    }

    expect(hftdelta_book_snapshot(book, HFTDELTA_SELL, &level, 1) == 1, "snapshot");
    expect(level.price_ticks == 50001 && level.volume_lots == 2 && level.orders == 1, "best level");
    command = order(51, HFTDELTA_BUY, 50040, 1000);
    expect(hftdelta_book_submit(book, &command, 1) == 1, "sweep is taken");
    expect(hftdelta_book_is_suspended(book) == 1, "sweep waits");
    do {
        int count = hftdelta_book_poll(book, reports, 8);
        for (int i = 0; i < count; i++) trades += reports[i].type == HFTDELTA_TRADE;
        hftdelta_book_submit(book, NULL, 0);
    } while (hftdelta_book_is_suspended(book));
    for (int count; (count = hftdelta_book_poll(book, reports, 8)) > 0;) {
        for (int i = 0; i < count; i++) trades += reports[i].type == HFTDELTA_TRADE;
    }

    expect(trades == 40, "forty fills");
    expect(hftdelta_book_snapshot(book, HFTDELTA_BUY, &level, 1) == 1 && level.volume_lots == 920, "the rest rests");
    hftdelta_book_destroy(book);
}

static void flow(void) {
    static hftdelta_report reports[4096];
    static hftdelta_level levels[4096];
    hftdelta_book *book = make(4096);
    uint64_t state = 42;
    long long entered = 0, traded = 0, canceled = 0, resting = 0;
    for (uint64_t id = 1; id <= ORDERS; id++) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        uint64_t draw = state >> 33;
        uint8_t side = draw & 1;
        int64_t away = (int64_t)((draw >> 1) % 60) - 10;
        int64_t middle = 50000 + (int64_t)(id / 10);
        hftdelta_command pair[2] = {order(id, side, middle + (side ? away : -away), 1 + (int64_t)((draw >> 8) % 50)), {0}};
        pair[1].type = HFTDELTA_CANCEL;
        pair[1].order_id = id > 300 ? id - 300 : 1;
        pair[1].sequence = id;
        entered += pair[0].quantity_lots;
        expect(hftdelta_book_submit(book, pair, 2) == 2, "submit of two");
        int count = hftdelta_book_poll(book, reports, 4096);
        expect(count >= 2, "reports");
        for (int i = 0; i < count; i++) {
            expect(reports[i].type != HFTDELTA_REJECTED, "nothing is rejected");
            if (reports[i].type == HFTDELTA_TRADE) traded += reports[i].quantity_lots;
            if (reports[i].type == HFTDELTA_CANCELED) canceled += reports[i].quantity_lots;
        }
    }

    for (uint8_t side = 0; side < 2; side++) {
        int count = hftdelta_book_snapshot(book, side, levels, 4096);
        for (int i = 0; i < count; i++) resting += levels[i].volume_lots;
    }

    expect(traded > 0 && canceled > 0 && resting > 0, "a flow");
    expect(entered == 2 * traded + canceled + resting, "every lot is accounted for");
    printf("ok entered %lld traded %lld canceled %lld resting %lld\n", entered, traded, canceled, resting);
    hftdelta_book_destroy(book);
}

int main(void) {
    expect(sizeof(hftdelta_command) == 40 && sizeof(hftdelta_report) == 64 && sizeof(hftdelta_level) == 24, "sizes");
    expect(hftdelta_book_create(NULL, NULL) == HFTDELTA_INVALID_ARGUMENT, "arguments are checked");
    sweep();
    flow();
    return 0;
}

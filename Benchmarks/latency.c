// latency PORT FILTER COUNT RATE QOS: publishes COUNT messages, RATE a second, and says how long it takes from each publish until the
// complex event with its "seq" arrives here on FILTER: median, 90th and 99th percentile, greatest, in milliseconds. The first second
// does not count.
#include <mosquitto.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double *sent, *took;
static long count;
static atomic_long arrived = 0;
static atomic_int subscribed = 0;
static const char *filter;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void on_connect(struct mosquitto *m, void *unused, int status) { mosquitto_subscribe(m, NULL, filter, 1); }
static void on_subscribe(struct mosquitto *m, void *unused, int id, int n, const int *granted) { subscribed = 1; }
static void on_message(struct mosquitto *m, void *unused, const struct mosquitto_message *message) {
    double at = now();
    const char *seq = memmem(message->payload, message->payloadlen, "\"seq\":", 6);
    long i = seq ? strtol(seq + 6, NULL, 10) : -1;
    if (i < 0 || i >= count || took[i] > 0) return;
    took[i] = at - sent[i];
    arrived++;
}
static int ascending(const void *a, const void *b) { return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b); }

static struct mosquitto *client(const char *id, int port) {
    struct mosquitto *m = mosquitto_new(id, true, NULL);
    mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_connect_callback_set(m, strcmp(id, "latency-subscriber") ? NULL : on_connect);
    mosquitto_subscribe_callback_set(m, on_subscribe);
    mosquitto_message_callback_set(m, on_message);
    if (mosquitto_connect(m, "127.0.0.1", port, 60)) exit(69);
    mosquitto_loop_start(m);
    return m;
}

int main(int argc, char **argv) {
    if (argc < 6) return fprintf(stderr, "usage: latency PORT FILTER COUNT RATE QOS\n"), 64;
    int port = atoi(argv[1]), qos = atoi(argv[5]);
    filter = argv[2];
    count = atol(argv[3]);
    double rate = atof(argv[4]);
    sent = calloc(count, sizeof *sent);
    took = calloc(count, sizeof *took);
    mosquitto_lib_init();
    struct mosquitto *reader = client("latency-subscriber", port), *writer = client("latency-publisher", port);
    while (!subscribed) usleep(1000);

    char payload[160], topic[64];
    double start = now();
    for (long i = 0; i < count; i++) {
        snprintf(topic, sizeof topic, "sensors/room%ld/temp", i % 1000);
        int length = snprintf(payload, sizeof payload, "{\"device\":\"dev-%04ld\",\"celsius\":%.2f,\"seq\":%ld}", i % 1000, (double)(i * 7919 % 10000) / 100.0, i);
        double wait = start + i * 1000 / rate - now();
        if (wait > 0) usleep(wait * 1000);
        sent[i] = now();
        mosquitto_publish(writer, NULL, topic, length, payload, qos, false);
    }
    for (int i = 0; i < 5000 && arrived < count; i++) usleep(1000);
    mosquitto_disconnect(writer), mosquitto_disconnect(reader);
    mosquitto_loop_stop(writer, false), mosquitto_loop_stop(reader, false);

    long first = rate < count ? (long)rate : 0, n = 0;
    for (long i = first; i < count; i++) if (took[i] > 0) took[n++] = took[i];
    if (n == 0) return fprintf(stderr, "latency: no complex event has arrived\n"), 1;
    qsort(took, n, sizeof *took, ascending);
    printf("%ld of %ld arrived; median %.3f ms, 90%% %.3f ms, 99%% %.3f ms, greatest %.3f ms\n", (long)arrived, count, took[n / 2], took[n * 9 / 10],
           took[n * 99 / 100], took[n - 1]);
    return arrived == count ? 0 : 1;
}

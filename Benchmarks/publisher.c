// publisher PORT COUNT [RATE]: publishes COUNT messages at QoS 1 to sensors/room0..999/temp, RATE a second (0: as fast as the
// broker acknowledges), and ends when each has been acknowledged, however often the broker goes away meanwhile: what has not been
// acknowledged libmosquitto sends again after a reconnect, and nothing else. Progress on standard output: the number acknowledged.
#include <mosquitto.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static atomic_long acknowledged = 0;

static void on_publish(struct mosquitto *m, void *unused, int id) { acknowledged++; }
static void on_disconnect(struct mosquitto *m, void *unused, int reason) { fprintf(stderr, "publisher: disconnected (%d)\n", reason); }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void report(void) {
    static long reported = -1;
    long n = acknowledged / 10000 * 10000;
    if (n != reported) {
        printf("%ld\n", n);
        fflush(stdout);
        reported = n;
    }
}

int main(int argc, char **argv) {
    if (argc < 3) return fprintf(stderr, "usage: publisher PORT COUNT [RATE]\n"), 64;
    int port = atoi(argv[1]);
    long count = atol(argv[2]);
    double rate = argc > 3 ? atof(argv[3]) : 0;
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("endurance-publisher", false, NULL);
    mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_max_inflight_messages_set(m, 1000);
    mosquitto_reconnect_delay_set(m, 1, 1, false);
    mosquitto_publish_callback_set(m, on_publish);
    mosquitto_disconnect_callback_set(m, on_disconnect);
    if (mosquitto_connect(m, "127.0.0.1", port, 10)) return fprintf(stderr, "publisher: no broker\n"), 69;
    mosquitto_loop_start(m);

    char payload[160], topic[64];
    double start = now();
    for (long i = 0; i < count; i++) {
        snprintf(topic, sizeof topic, "sensors/room%ld/temp", i % 1000);
        int length = snprintf(payload, sizeof payload, "{\"device\":\"dev-%04ld\",\"celsius\":%.2f,\"seq\":%ld}",
                              i % 1000, (double)(i * 7919 % 10000) / 100.0, i);
        while (i - acknowledged >= 5000 || (rate > 0 && now() < start + i / rate)) {
            usleep(500);
            report();
        }
        // Without a connection the message is queued in libmosquitto (MOSQ_ERR_NO_CONN) and goes when there is one.
        int status = mosquitto_publish(m, NULL, topic, length, payload, 1, false);
        if (status != MOSQ_ERR_SUCCESS && status != MOSQ_ERR_NO_CONN)
            return fprintf(stderr, "publisher: %s\n", mosquitto_strerror(status)), 70;
    }
    while (acknowledged < count) {
        usleep(1000);
        report();
    }
    report();
    mosquitto_disconnect(m);
    mosquitto_loop_stop(m, false);
    return 0;
}

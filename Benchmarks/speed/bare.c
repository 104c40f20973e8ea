// bare PORT QOS: a subscriber of sensors/# on libmosquitto's own loop that counts and does nothing else. Prints `COUNT CPU-SECONDS`,
// both since its start, each 100 ms.
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long count = 0;

static double clock_of(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}
static void on_connect(struct mosquitto *m, void *qos, int status) { mosquitto_subscribe(m, NULL, "sensors/#", *(int *)qos); }
static void on_message(struct mosquitto *m, void *unused, const struct mosquitto_message *message) { count++; }

int main(int argc, char **argv) {
    if (argc < 3) return fprintf(stderr, "usage: bare PORT QOS\n"), 64;
    int qos = atoi(argv[2]);
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("bare", true, &qos);
    mosquitto_int_option(m, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(m, MOSQ_OPT_RECEIVE_MAXIMUM, 2000);
    mosquitto_connect_callback_set(m, on_connect);
    mosquitto_message_callback_set(m, on_message);
    if (mosquitto_connect(m, "127.0.0.1", atoi(argv[1]), 60)) return perror("connect"), 1;
    for (double next = 0;;) {
        if (mosquitto_loop(m, 100, 1)) return 1;
        double now = clock_of(CLOCK_MONOTONIC);
        if (now < next) continue;
        printf("%ld %.4f\n", count, clock_of(CLOCK_PROCESS_CPUTIME_ID));
        fflush(stdout);
        next = now + 0.1;
    }
}

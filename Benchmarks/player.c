// player PORT: reads lines "<microseconds since the start> <topic> <payload>" in order of time and publishes each when it is due,
// at QoS 1. It ends when all have been acknowledged, however often the broker goes away meanwhile: what has not been acknowledged
// libmosquitto sends again after a reconnect, and nothing else.
#include <mosquitto.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_long acknowledged = 0;

static void on_publish(struct mosquitto *m, void *unused, int id) { acknowledged++; }

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

int main(int argc, char **argv) {
    if (argc < 2) return fprintf(stderr, "usage: player PORT < lines\n"), 64;
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("bench-player", false, NULL);
    mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_max_inflight_messages_set(m, 1000);
    mosquitto_reconnect_delay_set(m, 1, 1, false);
    mosquitto_publish_callback_set(m, on_publish);
    if (mosquitto_connect(m, "127.0.0.1", atoi(argv[1]), 10)) return fprintf(stderr, "player: no broker\n"), 69;
    mosquitto_loop_start(m);
    char *line = NULL;
    size_t size = 0;
    long count = 0, start = now();
    while (getline(&line, &size, stdin) > 0) {
        char *topic = strchr(line, ' ');
        char *payload = topic ? strchr(topic + 1, ' ') : NULL;
        if (!payload) return fprintf(stderr, "player: cannot read: %s", line), 65;
        *topic++ = 0;
        *payload++ = 0;
        payload[strcspn(payload, "\n")] = 0;
        long due = start + atol(line), wait;
        while ((wait = due - now()) > 0) usleep(wait < 1000000 ? wait : 1000000);
        int status = mosquitto_publish(m, NULL, topic, (int)strlen(payload), payload, 1, false);
        if (status != MOSQ_ERR_SUCCESS && status != MOSQ_ERR_NO_CONN)
            return fprintf(stderr, "player: %s\n", mosquitto_strerror(status)), 70;
        count++;
    }
    while (acknowledged < count) usleep(1000);
    mosquitto_disconnect(m);
    mosquitto_loop_stop(m, false);
    return 0;
}

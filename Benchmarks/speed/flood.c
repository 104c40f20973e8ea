// flood PORT QOS SEED: publishes readings of about 90 bytes to sensors/roomN/state, as many as the broker takes, till it is killed.
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile long open_ = 0;   // published, and not yet acknowledged

static void on_publish(struct mosquitto *m, void *unused, int id) { open_--; }

int main(int argc, char **argv) {
    if (argc < 4) return fprintf(stderr, "usage: flood PORT QOS SEED\n"), 64;
    int qos = atoi(argv[2]);
    unsigned seed = atoi(argv[3]);
    char id[32], topic[64], payload[160];
    snprintf(id, sizeof id, "flood-%u", seed);
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new(id, true, NULL);
    mosquitto_int_option(m, MOSQ_OPT_SEND_MAXIMUM, 2000);
    mosquitto_publish_callback_set(m, on_publish);
    if (mosquitto_connect(m, "127.0.0.1", atoi(argv[1]), 60)) return perror("connect"), 1;
    for (long i = 0;;) {
        // As many at once as keep libmosquitto's own queue short.
        for (int k = 0; k < 64 && open_ < 1000; k++, i++) {
            int device = rand_r(&seed) % 1000;
            snprintf(topic, sizeof topic, "sensors/room%d/state", device % 50);
            int length = snprintf(payload, sizeof payload,
                                  "{\"device\":\"dev-%04d\",\"type\":\"%c\",\"value\":%d,\"seq\":%ld,\"unit\":\"C\",\"battery\":97}", device,
                                  'A' + rand_r(&seed) % 10, rand_r(&seed) % 100, i);
            open_++;
            if (mosquitto_publish(m, NULL, topic, length, payload, qos, false)) return 1;
        }
        if (mosquitto_loop(m, 1, 16)) return 1;
    }
}

// echo PORT: publishes each message of sensors/# again, on bobo/events/echo, on libmosquitto's own loop, and does nothing else.
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>

static void on_connect(struct mosquitto *m, void *unused, int status) { mosquitto_subscribe(m, NULL, "sensors/#", 0); }
static void on_subscribe(struct mosquitto *m, void *unused, int id, int n, const int *granted) { puts("ready"), fflush(stdout); }
static void on_message(struct mosquitto *m, void *unused, const struct mosquitto_message *message) {
    mosquitto_publish(m, NULL, "bobo/events/echo", message->payloadlen, message->payload, 0, false);
}

int main(int argc, char **argv) {
    if (argc < 2) return fprintf(stderr, "usage: echo PORT\n"), 64;
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("echo", true, NULL);
    mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_connect_callback_set(m, on_connect);
    mosquitto_subscribe_callback_set(m, on_subscribe);
    mosquitto_message_callback_set(m, on_message);
    if (mosquitto_connect(m, "127.0.0.1", atoi(argv[1]), 60)) return perror("connect"), 1;
    while (!mosquitto_loop(m, 100, 1)) {}
    return 1;
}

// How data is cut into records, and how much is taken from the transport at a time:
// SSL_CTX_set_split_send_fragment(3), SSL_CTX_set_read_ahead(3).
#include <openssl/ssl.h>

#include "trial.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

void show_write(Trial& trial, std::size_t size) {
  const std::string data(size, 'x');
  const std::size_t before = trial.sent_by_client().records.size();
  trial.show("write", SSL_write(trial.client(), data.data(), static_cast<int>(size)));
  const std::vector<std::size_t>& records = trial.sent_by_client().records;
  trial.show("records", list(std::vector<std::size_t>(records.begin() + static_cast<long>(before),
                                                      records.end())));
}

void cut() {
  for (const int version : kVersions) {
    const Scene scene{.version = version, .after = [](Trial& trial) {
                        show_write(trial, 700);
                        show_write(trial, 5000);
                        show_write(trial, 40000);
                      }};
    try_setting("set_max_send_fragment", scene,
                {End::client, [](SSL_CTX* ctx) { SSL_CTX_set_max_send_fragment(ctx, 600); },
                 [](SSL* ssl) { SSL_set_max_send_fragment(ssl, 600); }});
    try_setting("set_split_send_fragment", scene,
                {End::client, [](SSL_CTX* ctx) { SSL_CTX_set_split_send_fragment(ctx, 800); },
                 [](SSL* ssl) { SSL_set_split_send_fragment(ssl, 800); }});
    // No cipher of libcrypto's seals several records at a time: what is left is how data is cut.
    try_setting("set_max_pipelines", scene,
                {End::client,
                 [](SSL_CTX* ctx) {
                   SSL_CTX_set_split_send_fragment(ctx, 3000);
                   SSL_CTX_set_max_pipelines(ctx, 4);
                 },
                 [](SSL* ssl) {
                   SSL_set_split_send_fragment(ssl, 3000);
                   SSL_set_max_pipelines(ssl, 4);
                 }});
    try_setting("lower max_send_fragment", scene,
                {End::client,
                 [](SSL_CTX* ctx) {
                   SSL_CTX_set_split_send_fragment(ctx, 3000);
                   SSL_CTX_set_max_send_fragment(ctx, 2000);
                 },
                 [](SSL* ssl) {
                   SSL_set_split_send_fragment(ssl, 3000);
                   SSL_set_max_send_fragment(ssl, 2000);
                 }});
  }
}

// By name, as openssl.cnf has it: SSL_CONF_cmd(3).
void configure(SSL_CTX* ctx, SSL* ssl, const char* value) {
  SSL_CONF_CTX* conf = SSL_CONF_CTX_new();
  SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT);
  if (ctx != nullptr) SSL_CONF_CTX_set_ssl_ctx(conf, ctx);
  if (ssl != nullptr) SSL_CONF_CTX_set_ssl(conf, ssl);
  line("RecordPadding", SSL_CONF_cmd(conf, "RecordPadding", value));
  SSL_CONF_CTX_free(conf);
}

void padded() {
  const Scene scene{.after = [](Trial& trial) { show_write(trial, 5); }};
  for (const char* value : {"1", "512", "4000"}) {
    try_setting(std::string("RecordPadding ") + value, scene,
                {End::client, [&](SSL_CTX* ctx) { configure(ctx, nullptr, value); },
                 [&](SSL* ssl) { configure(nullptr, ssl, value); }});
  }
}

// How many of 60 records of 1,000 bytes a read of one byte takes along.
void show_taken(Trial& trial) {
  const std::string data(1000, 'x');
  for (int i = 0; i < 60; ++i) SSL_write(trial.client(), data.data(), 1000);
  BIO* const transport = SSL_get_rbio(trial.server());
  const std::size_t before = BIO_ctrl_pending(transport);
  char byte = 0;
  trial.show("read", SSL_read(trial.server(), &byte, 1));
  const std::size_t taken = before - BIO_ctrl_pending(transport);
  trial.show("more than a record", taken > 1100);
  trial.show("tens of records", taken / 10000);
  trial.show("all", BIO_ctrl_pending(transport) == 0);
  trial.show("has pending", SSL_has_pending(trial.server()));
  trial.show("pending", SSL_pending(trial.server()));
  std::size_t left = 60000 - 1;
  std::string rest(60000, '\0');
  for (int i = 0; i < 100 && left > 0; ++i) {
    const int got = SSL_read(trial.server(), rest.data(), 60000);
    if (got > 0) left -= static_cast<std::size_t>(got);
  }
  trial.show("left", left);
  trial.show("has pending", SSL_has_pending(trial.server()));
}

void ahead() {
  for (const int version : kVersions) {
    const Scene scene{.version = version, .after = show_taken};
    try_setting("set_read_ahead", scene,
                {End::server,
                 [](SSL_CTX* ctx) {
                   line("before", SSL_CTX_get_read_ahead(ctx));
                   line("set", SSL_CTX_set_read_ahead(ctx, 1));
                   line("after", SSL_CTX_get_default_read_ahead(ctx));
                 },
                 [](SSL* ssl) {
                   SSL_set_read_ahead(ssl, 1);
                   line("after", SSL_get_read_ahead(ssl));
                 }});
    try_setting("set_default_read_ahead", scene,
                {.end = End::server,
                 .on_context = [](SSL_CTX* ctx) { SSL_CTX_set_default_read_ahead(ctx, 1); }});
    try_setting("max_pipelines reads ahead", scene,
                {End::server, [](SSL_CTX* ctx) { SSL_CTX_set_max_pipelines(ctx, 2); },
                 [](SSL* ssl) {
                   SSL_set_max_pipelines(ssl, 2);
                   line("ahead", SSL_get_read_ahead(ssl));
                 }});
    for (const std::size_t size : {1000UL, 45000UL, 100000UL}) {
      try_setting(
          "set_default_read_buffer_len " + std::to_string(size), scene,
          {End::server, [&](SSL_CTX* ctx) { SSL_CTX_set_default_read_buffer_len(ctx, size); },
           [&](SSL* ssl) { SSL_set_default_read_buffer_len(ssl, size); }});
      try_setting("read ahead " + std::to_string(size), scene,
                  {End::server,
                   [&](SSL_CTX* ctx) {
                     SSL_CTX_set_read_ahead(ctx, 1);
                     SSL_CTX_set_default_read_buffer_len(ctx, size);
                   },
                   [&](SSL* ssl) {
                     SSL_set_read_ahead(ssl, 1);
                     SSL_set_default_read_buffer_len(ssl, size);
                   }});
    }
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  cut();
  padded();
  ahead();
  return 0;
}

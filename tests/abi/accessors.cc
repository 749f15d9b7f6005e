// Settings that are pointers: what is set is given back, and what a connection takes over from its
// context.
#include <openssl/ct.h>
#include <openssl/dh.h>
#include <openssl/ssl.h>

#include <string>

#include "connections.h"

namespace {

using namespace abi;

int on_password(char*, int, int, void*) { return 0; }
int on_verify(int ok, X509_STORE_CTX*) { return ok; }
void on_info(const SSL*, int, int) {}
int on_client_certificate(SSL*, X509**, EVP_PKEY**) { return 0; }
int on_new_session(SSL*, SSL_SESSION*) { return 0; }
void on_remove_session(SSL_CTX*, SSL_SESSION*) {}
SSL_SESSION* on_get_session(SSL*, const unsigned char*, int, int*) { return nullptr; }
int on_security(const SSL*, const SSL_CTX*, int, int, int, void*, void*) { return 1; }
size_t on_padding(SSL*, int, size_t, void*) { return 0; }
int on_timestamps(const CT_POLICY_EVAL_CTX*, const STACK_OF(SCT) *, void*) { return 1; }
DH* on_dh(SSL*, int, int) { return nullptr; }
int on_make_cookie(SSL*, unsigned char*, unsigned*) { return 0; }
int on_check_cookie(SSL*, const unsigned char*, unsigned) { return 0; }

struct Objects {
  Context ctx{SSL_CTX_new(TLS_method())};
  Connection ssl;
  int argument = 0;  // its address is given back
};

void passwords() {
  Objects of;
  SSL_CTX* ctx = of.ctx.get();
  line("password callback at first", SSL_CTX_get_default_passwd_cb(ctx) == nullptr);
  line("its argument at first", SSL_CTX_get_default_passwd_cb_userdata(ctx) == nullptr);
  SSL_CTX_set_default_passwd_cb(ctx, on_password);
  SSL_CTX_set_default_passwd_cb_userdata(ctx, &of.argument);
  line("password callback", SSL_CTX_get_default_passwd_cb(ctx) == on_password);
  line("its argument", SSL_CTX_get_default_passwd_cb_userdata(ctx) == &of.argument);
  of.ssl.reset(SSL_new(ctx));
  SSL* ssl = of.ssl.get();
  line("connection's callback", SSL_get_default_passwd_cb(ssl) == on_password);
  line("connection's argument", SSL_get_default_passwd_cb_userdata(ssl) == &of.argument);
  SSL_set_default_passwd_cb(ssl, nullptr);
  SSL_set_default_passwd_cb_userdata(ssl, ssl);
  line("connection's own callback", SSL_get_default_passwd_cb(ssl) == nullptr);
  line("connection's own argument", SSL_get_default_passwd_cb_userdata(ssl) == ssl);
  line("context's as before", SSL_CTX_get_default_passwd_cb(ctx) == on_password);
}

void context_callbacks() {
  Objects of;
  SSL_CTX* ctx = of.ctx.get();
  line("info at first", SSL_CTX_get_info_callback(ctx) == nullptr);
  SSL_CTX_set_info_callback(ctx, on_info);
  line("info", SSL_CTX_get_info_callback(ctx) == on_info);
  line("client certificate at first", SSL_CTX_get_client_cert_cb(ctx) == nullptr);
  SSL_CTX_set_client_cert_cb(ctx, on_client_certificate);
  line("client certificate", SSL_CTX_get_client_cert_cb(ctx) == on_client_certificate);
  line("new session at first", SSL_CTX_sess_get_new_cb(ctx) == nullptr);
  line("remove session at first", SSL_CTX_sess_get_remove_cb(ctx) == nullptr);
  line("get session at first", SSL_CTX_sess_get_get_cb(ctx) == nullptr);
  SSL_CTX_sess_set_new_cb(ctx, on_new_session);
  SSL_CTX_sess_set_remove_cb(ctx, on_remove_session);
  SSL_CTX_sess_set_get_cb(ctx, on_get_session);
  line("new session", SSL_CTX_sess_get_new_cb(ctx) == on_new_session);
  line("remove session", SSL_CTX_sess_get_remove_cb(ctx) == on_remove_session);
  line("get session", SSL_CTX_sess_get_get_cb(ctx) == on_get_session);
  SSL_CTX_set_cookie_generate_cb(ctx, on_make_cookie);
  SSL_CTX_set_cookie_verify_cb(ctx, on_check_cookie);
  line("cookies", take_errors());
  SSL_CTX_set_tmp_dh_callback(ctx, on_dh);
  line("DH callback", take_errors());
  line("client certificate engine", SSL_CTX_set_client_cert_engine(ctx, nullptr));
  line("SSL_CTX_callback_ctrl", SSL_CTX_callback_ctrl(ctx, 1000, nullptr));
}

void connection_callbacks() {
  Objects of;
  SSL_CTX_set_info_callback(of.ctx.get(), on_info);
  SSL_CTX_set_verify(of.ctx.get(), SSL_VERIFY_PEER, on_verify);
  of.ssl.reset(SSL_new(of.ctx.get()));
  SSL* ssl = of.ssl.get();
  line("info of the context", SSL_get_info_callback(ssl) == on_info);
  SSL_set_info_callback(ssl, nullptr);
  line("info of its own", SSL_get_info_callback(ssl) == nullptr);
  line("verify of the context", SSL_get_verify_callback(ssl) == on_verify);
  SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
  line("verify of its own", SSL_get_verify_callback(ssl) == nullptr);
  SSL_set_tmp_dh_callback(ssl, on_dh);
  line("DH callback", take_errors());
  line("timestamps", SSL_set_ct_validation_callback(ssl, on_timestamps, &of));
  line("timestamps on", SSL_ct_is_enabled(ssl));
  line("timestamps taken back", SSL_set_ct_validation_callback(ssl, nullptr, nullptr));
  line("timestamps off", SSL_ct_is_enabled(ssl));
  line("no timestamps", SSL_get0_peer_scts(ssl) == nullptr);
  SSL_set_debug(ssl, 1);
  line("debug", take_errors());
  line("SSL_callback_ctrl", SSL_callback_ctrl(ssl, 1000, nullptr));
}

void security() {
  Objects of;
  SSL_CTX* ctx = of.ctx.get();
  const auto usual = SSL_CTX_get_security_callback(ctx);
  line("security callback at first", usual != nullptr);
  line("its argument at first", SSL_CTX_get0_security_ex_data(ctx) == nullptr);
  SSL_CTX_set_security_callback(ctx, on_security);
  SSL_CTX_set0_security_ex_data(ctx, &of.argument);
  line("security callback", SSL_CTX_get_security_callback(ctx) == on_security);
  line("its argument", SSL_CTX_get0_security_ex_data(ctx) == &of.argument);
  of.ssl.reset(SSL_new(ctx));
  SSL* ssl = of.ssl.get();
  line("connection's security callback", SSL_get_security_callback(ssl) == on_security);
  line("connection's argument", SSL_get0_security_ex_data(ssl) == &of.argument);
  SSL_set_security_callback(ssl, usual);
  SSL_set0_security_ex_data(ssl, nullptr);
  line("its own security callback", SSL_get_security_callback(ssl) == usual);
  line("its own argument", SSL_get0_security_ex_data(ssl) == nullptr);
}

void padding() {
  Objects of;
  SSL_CTX* ctx = of.ctx.get();
  SSL_CTX_set_record_padding_callback(ctx, on_padding);
  SSL_CTX_set_record_padding_callback_arg(ctx, &of.argument);
  line("padding argument", SSL_CTX_get_record_padding_callback_arg(ctx) == &of.argument);
  of.ssl.reset(SSL_new(ctx));
  SSL* ssl = of.ssl.get();
  line("connection's", SSL_get_record_padding_callback_arg(ssl) == &of.argument);
  SSL_set_record_padding_callback_arg(ssl, ssl);
  line("its own", SSL_get_record_padding_callback_arg(ssl) == ssl);
  line("context's as before", SSL_CTX_get_record_padding_callback_arg(ctx) == &of.argument);
}

void application_data() {
  Objects of;
  SSL_CTX* ctx = of.ctx.get();
  const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  line("context's data at first", SSL_CTX_get_ex_data(ctx, index) == nullptr);
  line("context's data is set", SSL_CTX_set_ex_data(ctx, index, &of));
  line("context's data", SSL_CTX_get_ex_data(ctx, index) == &of);
  line("context's data elsewhere", SSL_CTX_get_ex_data(ctx, index + 5) == nullptr);
  line("context's next reference", SSL_CTX_up_ref(ctx));
  SSL_CTX_free(ctx);
  of.ssl.reset(SSL_new(ctx));
  line("connection's next reference", SSL_up_ref(of.ssl.get()));
  SSL_free(of.ssl.get());
  const Session session(SSL_SESSION_new());
  line("session's next reference", SSL_SESSION_up_ref(session.get()));
  SSL_SESSION_free(session.get());
  line("session still there", SSL_SESSION_get_protocol_version(session.get()));
}

void stores() {
  Objects of;
  SSL_CTX* ctx = of.ctx.get();
  X509_STORE* store = X509_STORE_new();
  SSL_CTX_set_cert_store(ctx, store);
  line("store", SSL_CTX_get_cert_store(ctx) == store);
  line("log store at first", SSL_CTX_get0_ctlog_store(ctx) != nullptr);
  CTLOG_STORE* logs = CTLOG_STORE_new();
  SSL_CTX_set0_ctlog_store(ctx, logs);
  line("log store", SSL_CTX_get0_ctlog_store(ctx) == logs);
  line("log file that is missing", SSL_CTX_set_ctlog_list_file(ctx, "/nonexistent/logs"));
  X509_VERIFY_PARAM* param = X509_VERIFY_PARAM_new();
  X509_VERIFY_PARAM_set_depth(param, 7);
  line("parameters", SSL_CTX_set1_param(ctx, param));
  line("depth", SSL_CTX_get_verify_depth(ctx));
  of.ssl.reset(SSL_new(ctx));
  line("connection's depth", SSL_get_verify_depth(of.ssl.get()));
  X509_VERIFY_PARAM_set_depth(param, 3);
  line("connection's parameters", SSL_set1_param(of.ssl.get(), param));
  line("connection's own depth", SSL_get_verify_depth(of.ssl.get()));
  line("context's depth as before", SSL_CTX_get_verify_depth(ctx));
  X509_VERIFY_PARAM_free(param);
}

void dane() {
  Objects of;
  line("DANE for the context", SSL_CTX_dane_enable(of.ctx.get()));
  line("flags set", SSL_CTX_dane_set_flags(of.ctx.get(), 1));
  of.ssl.reset(SSL_new(of.ctx.get()));
  SSL* ssl = of.ssl.get();
  line("connection's DANE at first", SSL_get0_dane(ssl) != nullptr);
  line("DANE", SSL_dane_enable(ssl, "example.com"));
  line("connection's DANE", SSL_get0_dane(ssl) != nullptr);
  line("flags from the context", SSL_dane_set_flags(ssl, 0));
  line("flags taken back", SSL_dane_clear_flags(ssl, 1));
  line("flags now", SSL_dane_set_flags(ssl, 0));
  line("context's taken back", SSL_CTX_dane_clear_flags(of.ctx.get(), 1));
}

EVP_PKEY* dh_group(const char* name) {
  EVP_PKEY_CTX* maker = EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr);
  EVP_PKEY* made = nullptr;
  EVP_PKEY_paramgen_init(maker);
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("group", const_cast<char*>(name), 0),
                             OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX_set_params(maker, parameters);
  EVP_PKEY_paramgen(maker, &made);
  EVP_PKEY_CTX_free(maker);
  return made;
}

// Where it is refused the group stays the caller's.
template <class Set>
void set_group(const std::string& what, const char* name, Set set) {
  EVP_PKEY* group = dh_group(name);
  const int result = set(group);
  line(what + " " + name, result);
  if (result != 1) EVP_PKEY_free(group);
}

void dh_groups() {
  Objects of;
  of.ssl.reset(SSL_new(of.ctx.get()));
  for (const char* name : {"ffdhe2048", "ffdhe3072", "modp_1536"}) {
    set_group("context's group", name,
              [&](EVP_PKEY* group) { return SSL_CTX_set0_tmp_dh_pkey(of.ctx.get(), group); });
    set_group("connection's group", name,
              [&](EVP_PKEY* group) { return SSL_set0_tmp_dh_pkey(of.ssl.get(), group); });
  }
}

void beginnings() {
  line("OPENSSL_init_ssl", OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr));
  line("ERR_load_SSL_strings", ERR_load_SSL_strings());
  SSL_add_ssl_module();
  line("compression methods", sk_SSL_COMP_num(SSL_COMP_get_compression_methods()));
  line("SSL_add_ssl_module", take_errors());
  const Context ctx(SSL_CTX_new_ex(nullptr, "", TLS_method()));
  line("SSL_CTX_new_ex", ctx != nullptr);
  line("SSL_CTX_new_ex without a method", SSL_CTX_new_ex(nullptr, nullptr, nullptr) == nullptr);
  line("another method", SSL_CTX_set_ssl_version(ctx.get(), TLSv1_2_method()));
  line("taken", SSL_CTX_get_ssl_method(ctx.get()) == TLSv1_2_method());
  const Connection ssl(SSL_new(ctx.get()));
  line("connection's", SSL_get_ssl_method(ssl.get()) == TLSv1_2_method());
}

// The methods for one role and one version.
void methods() {
  struct Method {
    const char* name;
    const SSL_METHOD* (*make)();
  };
  const Method all[] = {
      {"TLSv1_client", TLSv1_client_method},       {"TLSv1_server", TLSv1_server_method},
      {"TLSv1_1_client", TLSv1_1_client_method},   {"TLSv1_1_server", TLSv1_1_server_method},
      {"TLSv1_2_client", TLSv1_2_client_method},   {"TLSv1_2_server", TLSv1_2_server_method},
      {"DTLS_client", DTLS_client_method},         {"DTLS_server", DTLS_server_method},
      {"DTLSv1_client", DTLSv1_client_method},     {"DTLSv1_server", DTLSv1_server_method},
      {"DTLSv1_2_client", DTLSv1_2_client_method}, {"DTLSv1_2_server", DTLSv1_2_server_method}};
  for (const Method& method : all) {
    const std::string name = method.name;
    const Context ctx(SSL_CTX_new(method.make()));
    line(name + " context", ctx != nullptr);
    const Connection ssl(SSL_new(ctx.get()));
    line(name + " version", SSL_version(ssl.get()));
    line(name + " server", SSL_is_server(ssl.get()));
    line(name + " datagrams", SSL_is_dtls(ssl.get()));
    line(name + " before", SSL_in_before(ssl.get()));
    line(name + " state", static_cast<int>(SSL_get_state(ssl.get())));
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  passwords();
  context_callbacks();
  connection_callbacks();
  security();
  padding();
  application_data();
  stores();
  dane();
  dh_groups();
  beginnings();
  methods();
  return 0;
}

// The commands of SSL_ctrl and its kin, each at home in the topic file that it belongs to.
#pragma once

#include <openssl/ssl.h>

namespace ciao::tls {

// Owner is SSL or SSL_CTX. All answer what the command's macro is documented to return.

// groups_sigalgs_security.cc
template <class Owner>
long set_groups_nids(Owner* owner, long count, void* nids);
template <class Owner>
long set_groups_list(Owner* owner, long, void* list);
template <class Owner>
long set_sigalgs_nids(Owner* owner, long count, void* nids);
template <class Owner>
long set_sigalgs_list(Owner* owner, long, void* list);
template <class Owner>
long set_client_sigalgs_nids(Owner* owner, long count, void* nids);
template <class Owner>
long set_client_sigalgs_list(Owner* owner, long, void* list);
template <class Owner>
long set_tmp_ecdh(Owner* owner, long, void* ec_key);
long check_groups_list(void* list);
long check_sigalgs_list(void* list);
long get_groups(SSL* ssl, long, void* nids);
long get_shared_group(SSL* ssl, long n, void*);
long get_negotiated_group(SSL* ssl, long, void*);
long get_peer_signature_nid(SSL* ssl, long, void* nid);
long get_signature_nid(SSL* ssl, long, void* nid);
long get_tmp_key(SSL* ssl, long, void* key);
long get_peer_tmp_key(SSL* ssl, long, void* key);

// certificate_ctrl.cc
template <class Owner>
long change_chain(Owner* owner, long add_reference, void* chain);
template <class Owner>
long change_chain_certificate(Owner* owner, long add_reference, void* certificate);
template <class Owner>
long get_chain(Owner* owner, long, void* chain);
template <class Owner>
long select_current_certificate(Owner* owner, long, void* certificate);
template <class Owner>
long set_current_certificate(Owner* owner, long which, void*);
template <class Owner>
long build_certificate_chain(Owner* owner, long flags, void*);
template <class Owner>
long set_verify_store(Owner* owner, long add_reference, void* store);
template <class Owner>
long set_chain_store(Owner* owner, long add_reference, void* store);
template <class Owner>
long get_verify_store(Owner* owner, long, void* store);
template <class Owner>
long get_chain_store(Owner* owner, long, void* store);
template <class Owner>
long set_certificate_types(Owner* owner, long count, void* types);
template <class Owner>
long add_certificate_flags(Owner* owner, long flags, void*);
template <class Owner>
long clear_certificate_flags(Owner* owner, long flags, void*);
template <class Owner>
long set_tmp_dh(Owner* owner, long, void* dh);
template <class Owner>
long set_tmp_dh_auto(Owner* owner, long on, void*);
template <class Owner>
long set_tmp_dh_callback(Owner* owner, void (*callback)(void));
long add_extra_chain_certificate(SSL_CTX* ctx, long, void* certificate);
long get_extra_chain_certificates(SSL_CTX* ctx, long only, void* chain);
long clear_extra_chain_certificates(SSL_CTX* ctx, long, void*);
long get_certificate_types(SSL* ssl, long, void* types);

// settings_ctrl.cc
template <class Owner>
long change_mode(Owner* owner, long bits, void*);
template <class Owner>
long clear_mode(Owner* owner, long bits, void*);
template <class Owner>
long get_read_ahead(Owner* owner, long, void*);
template <class Owner>
long set_read_ahead(Owner* owner, long on, void*);
template <class Owner>
long get_max_certificate_list(Owner* owner, long, void*);
template <class Owner>
long set_max_certificate_list(Owner* owner, long size, void*);
template <class Owner>
long set_max_send_fragment(Owner* owner, long size, void*);
template <class Owner>
long set_split_send_fragment(Owner* owner, long size, void*);
template <class Owner>
long set_max_pipelines(Owner* owner, long count, void*);
template <class Owner>
long set_min_version(Owner* owner, long version, void*);
template <class Owner>
long set_max_version(Owner* owner, long version, void*);
template <class Owner>
long get_min_version(Owner* owner, long, void*);
template <class Owner>
long get_max_version(Owner* owner, long, void*);
template <class Owner>
long set_not_resumable_callback(Owner* owner, void (*callback)(void));
long get_renegotiation_support(SSL* ssl, long, void*);
long get_renegotiation_count(SSL* ssl, long, void*);
long clear_renegotiation_count(SSL* ssl, long, void*);
long get_renegotiation_total(SSL* ssl, long, void*);
long get_flags(SSL* ssl, long, void*);
long get_extended_master_secret_support(SSL* ssl, long, void*);
long get_raw_cipher_list(SSL* ssl, long, void* list);
long get_ec_point_formats(SSL* ssl, long, void* formats);
long set_retry_verify(SSL* ssl, long, void*);

// status_ctrl.cc
template <class Owner>
long set_status_type(Owner* owner, long type, void*);
long get_status_type(SSL* ssl, long, void*);
long get_status_type(SSL_CTX* ctx, long, void*);
long get_status_extensions(SSL* ssl, long, void* extensions);
long set_status_extensions(SSL* ssl, long, void* extensions);
long get_status_ids(SSL* ssl, long, void* ids);
long set_status_ids(SSL* ssl, long, void* ids);
long get_status_response(SSL* ssl, long, void* response);
long set_status_response(SSL* ssl, long size, void* response);
long set_status_argument(SSL_CTX* ctx, long, void* argument);
long get_status_argument(SSL_CTX* ctx, long, void* argument);
long get_status_callback(SSL_CTX* ctx, long, void* callback);
long set_status_callback(SSL_CTX* ctx, void (*callback)(void));

// session_ctrl.cc
long set_session_cache_size(SSL_CTX* ctx, long size, void*);
long get_session_cache_size(SSL_CTX* ctx, long, void*);
long set_session_cache_mode(SSL_CTX* ctx, long mode, void*);
long get_session_cache_mode(SSL_CTX* ctx, long, void*);
long get_session_count(SSL_CTX* ctx, long, void*);
long get_ticket_keys(SSL_CTX* ctx, long size, void* keys);
long set_ticket_keys(SSL_CTX* ctx, long size, void* keys);

// sni.cc
long set_host_name(SSL* ssl, long type, void* name);
long set_servername_argument(SSL_CTX* ctx, long, void* argument);
long set_servername_callback(SSL_CTX* ctx, void (*callback)(void));

// trace.cc
template <class Owner>
long set_message_argument(Owner* owner, long, void* argument);
template <class Owner>
long set_message_callback(Owner* owner, void (*callback)(void));
long set_extension_debug_argument(SSL* ssl, long, void* argument);
long set_extension_debug_callback(SSL* ssl, void (*callback)(void));

}  // namespace ciao::tls

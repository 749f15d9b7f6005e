// SSL_CTX_set0_CA_list(3), SSL_load_client_CA_file(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 0, SSL_CTX_add1_to_CA_list, (SSL_CTX*, const X509*))
CIAO_NOT_YET(int, 0, SSL_add1_to_CA_list, (SSL*, const X509*))
CIAO_NOT_YET(int, 0, SSL_CTX_add_client_CA, (SSL_CTX*, X509*))
CIAO_NOT_YET(int, 0, SSL_add_client_CA, (SSL*, X509*))
CIAO_NOT_YET(const STACK_OF(X509_NAME) *, nullptr, SSL_CTX_get0_CA_list, (const SSL_CTX*))
CIAO_NOT_YET(const STACK_OF(X509_NAME) *, nullptr, SSL_get0_CA_list, (const SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set0_CA_list, (SSL_CTX*, STACK_OF(X509_NAME) *))
CIAO_NOT_YET(void, , SSL_set0_CA_list, (SSL*, STACK_OF(X509_NAME) *))
CIAO_NOT_YET(STACK_OF(X509_NAME) *, nullptr, SSL_CTX_get_client_CA_list, (const SSL_CTX*))
CIAO_NOT_YET(STACK_OF(X509_NAME) *, nullptr, SSL_get_client_CA_list, (const SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set_client_CA_list, (SSL_CTX*, STACK_OF(X509_NAME) *))
CIAO_NOT_YET(void, , SSL_set_client_CA_list, (SSL*, STACK_OF(X509_NAME) *))
CIAO_NOT_YET(const STACK_OF(X509_NAME) *, nullptr, SSL_get0_peer_CA_list, (const SSL*))
CIAO_NOT_YET(STACK_OF(X509_NAME) *, nullptr, SSL_dup_CA_list, (const STACK_OF(X509_NAME) *))
CIAO_NOT_YET(int, 0, SSL_add_dir_cert_subjects_to_stack, (STACK_OF(X509_NAME) *, const char*))
CIAO_NOT_YET(int, 0, SSL_add_file_cert_subjects_to_stack, (STACK_OF(X509_NAME) *, const char*))
CIAO_NOT_YET(int, 0, SSL_add_store_cert_subjects_to_stack, (STACK_OF(X509_NAME) *, const char*))
CIAO_NOT_YET(STACK_OF(X509_NAME) *, nullptr, SSL_load_client_CA_file, (const char*))
CIAO_NOT_YET(STACK_OF(X509_NAME) *, nullptr, SSL_load_client_CA_file_ex,
             (const char*, OSSL_LIB_CTX*, const char*))

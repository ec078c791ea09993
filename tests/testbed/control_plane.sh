# Sourced by `up`: etcd, the API server, its controllers and the scheduler.

# Who may come in: by token, since one machine with one user needs no certificates of its own for it.
tokens=
user() { # user NAME ACCOUNT [GROUP]
    local token
    token=$(openssl rand -hex 24)
    tokens+="$token,$2,$1${3:+,\"$3\"}"$'\n'
    [ "$1" != admin ] || printf '%s' "$token" >keys/admin.token
    cat >"$1.kubeconfig" <<K
apiVersion: v1
kind: Config
clusters: [{name: testbed, cluster: {server: "https://$INSIDE:$PORT", certificate-authority: "$STATE/keys/ca.crt"}}]
users: [{name: $1, user: {token: "$token"}}]
contexts: [{name: testbed, context: {cluster: testbed, user: $1}}]
current-context: testbed
K
}
umask 077
user admin admin system:masters
user controllers system:kube-controller-manager system:masters
user scheduler system:kube-scheduler
user kubelet "system:node:$NODE" system:nodes
user proxy system:kube-proxy
printf '%s' "$tokens" >keys/tokens.csv
umask 022

# certificate NAME SUBJECT [EXTENSION]: signed by the cluster's own authority.
certificate() {
    openssl req -newkey rsa:2048 -nodes -subj "$2" -keyout "keys/$1.key" -out "keys/$1.csr" 2>/dev/null
    openssl x509 -req -in "keys/$1.csr" -CA keys/ca.crt -CAkey keys/ca.key -CAcreateserial -days 30 \
        -out "keys/$1.crt" -extfile <(printf '%s' "${3:-}") 2>/dev/null
}
openssl genrsa -out keys/accounts.key 2048 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=iomt-testbed -keyout keys/ca.key -out keys/ca.crt 2>/dev/null
certificate api /CN=kube-apiserver \
    "subjectAltName=DNS:kubernetes.default.svc,IP:127.0.0.1,IP:$INSIDE,IP:${SERVICES%.0/16}.1"
# The API server's name towards those that serve parts of its API, metrics-server and KEDA for example.
certificate aggregator /CN=aggregator
certificate to-kubelet /O=system:masters/CN=kube-apiserver

start etcd "$PROGRAMS/etcd" --data-dir etcd --unsafe-no-fsync \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380
start kube-apiserver "$PROGRAMS/kube-apiserver" \
    --etcd-servers http://127.0.0.1:2379 --bind-address "$INSIDE" --advertise-address "$INSIDE" --secure-port "$PORT" \
    --tls-cert-file keys/api.crt --tls-private-key-file keys/api.key --client-ca-file keys/ca.crt \
    --token-auth-file keys/tokens.csv --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --service-account-key-file keys/accounts.key --service-account-signing-key-file keys/accounts.key \
    --service-account-issuer https://kubernetes.default.svc --service-cluster-ip-range "$SERVICES" \
    --kubelet-client-certificate keys/to-kubelet.crt --kubelet-client-key keys/to-kubelet.key \
    --kubelet-preferred-address-types InternalIP \
    --requestheader-client-ca-file keys/ca.crt --requestheader-allowed-names aggregator \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file keys/aggregator.crt --proxy-client-key-file keys/aggregator.key
wait_for kube-apiserver "$PROGRAMS/kubectl" get --raw /readyz
start kube-controller-manager "$PROGRAMS/kube-controller-manager" --kubeconfig controllers.kubeconfig \
    --leader-elect=false --bind-address 127.0.0.1 --root-ca-file keys/ca.crt --kube-api-qps 200 --kube-api-burst 400 \
    --service-account-private-key-file keys/accounts.key
start kube-scheduler "$PROGRAMS/kube-scheduler" --kubeconfig scheduler.kubeconfig \
    --leader-elect=false --bind-address 127.0.0.1
# Pods of a namespace are refused until its account is there.
wait_for kube-controller-manager "$PROGRAMS/kubectl" -n default get serviceaccount default

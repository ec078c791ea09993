# Sourced by `up --scalers`: metrics-server and KEDA as pods, so that HorizontalPodAutoscalers and ScaledObjects work.

certificate scalers /CN=iomt-scalers "subjectAltName=DNS:metrics-server.kube-system.svc,\
DNS:keda-metrics-apiserver.keda.svc,DNS:keda-operator.keda.svc,DNS:keda-operator.keda.svc.cluster.local"
for name in metrics-server keda-operator keda-metrics-apiserver; do
    python3 "$here/pack_image.py" "iomt.test/$name:1" "$PROGRAMS/$name" "$name.tar"
    ctr -a "$SOCKET" -n k8s.io images import "$name.tar" >/dev/null
    rm "$name.tar"
done
# Too large for the annotation that `kubectl apply` keeps without --server-side.
"$PROGRAMS/kubectl" apply --server-side -f "$PROGRAMS/keda-definitions" >/dev/null

# one_of NAMESPACE NAME PORT ENVIRONMENT ARGUMENT...: a Deployment with all rights, and its Service on port 443.
one_of() {
    local namespace=$1 name=$2 port=$3 environment=$4
    shift 4
    cat <<Y
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: $name, namespace: $namespace}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: $name}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: $name, namespace: $namespace}]
---
apiVersion: v1
kind: Service
metadata: {name: $name, namespace: $namespace}
spec: {selector: {app: $name}, ports: [{port: 443, targetPort: $port}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: $name, namespace: $namespace}
spec:
  selector: {matchLabels: {app: $name}}
  template:
    metadata: {labels: {app: $name}}
    spec:
      serviceAccountName: $name
      containers:
        - name: $name
          image: iomt.test/$name:1
          env: $environment
          args: [$(printf '"%s", ' "$@")]
          readinessProbe: {tcpSocket: {port: $port}, periodSeconds: 1}
          volumeMounts: [{name: keys, mountPath: /certs}]
      volumes: [{name: keys, secret: {secretName: scalers}}]
Y
}

# served_by NAMESPACE NAME GROUP: whom the API server asks for a group.
served_by() {
    cat <<Y
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.$3}
spec:
  group: $3
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  service: {name: $2, namespace: $1}
  caBundle: $(base64 -w0 keys/ca.crt)
Y
}

"$PROGRAMS/kubectl" create namespace keda >/dev/null
for namespace in kube-system keda; do
    "$PROGRAMS/kubectl" -n $namespace create secret generic scalers --from-file=ca.crt=keys/ca.crt \
        --from-file=tls.crt=keys/scalers.crt --from-file=tls.key=keys/scalers.key >/dev/null
done
served=(--secure-port=6443 --client-ca-file=/certs/ca.crt --tls-cert-file=/certs/tls.crt --tls-private-key-file=/certs/tls.key)
{
    one_of kube-system metrics-server 6443 '[]' "${served[@]}" --kubelet-insecure-tls \
        --kubelet-use-node-status-port --kubelet-preferred-address-types=InternalIP \
        --metric-resolution=10s --kubelet-request-timeout=5s
    served_by kube-system metrics-server metrics.k8s.io
    one_of keda keda-operator 9666 '[{name: WATCH_NAMESPACE}, {name: KEDA_CLUSTER_OBJECT_NAMESPACE, value: keda}]' \
        --cert-dir=/certs --metrics-service-bind-address=:9666 --metrics-bind-address=0 --health-probe-bind-address=0
    one_of keda keda-metrics-apiserver 6443 '[{name: WATCH_NAMESPACE}]' "${served[@]}" --cert-dir=/certs --port=0 \
        --metrics-service-address=keda-operator.keda.svc.cluster.local:443
    served_by keda keda-metrics-apiserver external.metrics.k8s.io
} | "$PROGRAMS/kubectl" apply -f - >/dev/null
"$PROGRAMS/kubectl" wait --for=condition=Available --timeout=90s \
    apiservice/v1beta1.metrics.k8s.io apiservice/v1beta1.external.metrics.k8s.io >/dev/null ||
    fail "no autoscaling: look at the pods of kube-system and keda with KUBECONFIG=$KUBECONFIG"

# Sourced by `up`: containerd and the kubelet, Services, DNS, NetworkPolicies, volumes.

mkdir -p cni kubelet
cat >cni/10-bridge.conflist <<C
{"cniVersion": "1.0.0", "name": "iomt-testbed", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$STATE/addresses", "ranges": [[{"subnet": "$PODS"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
C
# restrict_oom_score_adj: where root itself may not protect a process from the kernel's killer.
cat >containerd.toml <<C
version = 2
root = "$STATE/containerd/root"
state = "$STATE/containerd/state"
[grpc]
  address = "$SOCKET"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "iomt.test/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
C
start containerd containerd --config containerd.toml
wait_for containerd ctr -a "$SOCKET" version

# The process that holds a pod's namespaces: it waits, and buries what others leave.
cat >pause.c <<'C'
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void bury(int signal) { while (waitpid(-1, NULL, WNOHANG) > 0); }
static void leave(int signal) { _exit(0); }
int main(void) {
    signal(SIGCHLD, bury);
    signal(SIGTERM, leave);
    signal(SIGINT, leave);
    for (;;) pause();
}
C
gcc -static -Os -o pause pause.c
python3 "$here/pack_image.py" iomt.test/pause:1 pause pause.tar
ctr -a "$SOCKET" -n k8s.io images import pause.tar >/dev/null

# Cgroups of its own: a kubelet ends what it does not know below its root, another cluster's pods too.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    for each in cpu cpuset memory hugetlb pids; do
        echo "+$each" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    done
    mkdir -p "/sys/fs/cgroup/$CGROUP"
else
    for each in /sys/fs/cgroup/*/; do mkdir -p "$each$CGROUP"; done
fi
: >resolv.conf
cat >kubelet.yaml <<K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, x509: {clientCAFile: "$STATE/keys/ca.crt"}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: "unix://$SOCKET"
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failCgroupV1: false
failSwapOn: false
# Volumes and the rest of a machine that is used for other things too.
enforceNodeAllocatable: []
evictionHard: {memory.available: 100Mi, nodefs.available: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 100
clusterDNS: [$DNS]
clusterDomain: cluster.local
podLogsDir: "$STATE/log/pods"
resolvConf: "$STATE/resolv.conf"
K
start kubelet "$PROGRAMS/kubelet" --config kubelet.yaml --kubeconfig kubelet.kubeconfig \
    --hostname-override "$NODE" --node-ip "$INSIDE" --root-dir "$STATE/kubelet" --cert-dir "$STATE/kubelet/pki"
# What it would change in the kernel is the machine's.
start kube-proxy "$PROGRAMS/kube-proxy" --kubeconfig proxy.kubeconfig --hostname-override "$NODE" \
    --cluster-cidr "$PODS" --proxy-mode iptables --bind-address "$INSIDE" --conntrack-max-per-core 0 \
    --conntrack-min 0 --conntrack-tcp-timeout-established 0 --conntrack-tcp-timeout-close-wait 0

# DNS runs on the node, behind the Service that pods know.
cat >Corefile <<C
.:10053 {
  bind $INSIDE
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $KUBECONFIG
  }
  cache 5
}
C
start coredns "$PROGRAMS/coredns" -conf Corefile
"$PROGRAMS/kubectl" apply -f - >/dev/null <<Y
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec:
  clusterIP: $DNS
  ports:
    - {name: dns, port: 53, targetPort: 10053, protocol: UDP}
    - {name: dns-tcp, port: 53, targetPort: 10053, protocol: TCP}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns-1, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
ports:
  - {name: dns, port: 10053, protocol: UDP}
  - {name: dns-tcp, port: 10053, protocol: TCP}
endpoints: [{addresses: ["$INSIDE"]}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: iomt-testbed
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: iomt.test/folder
Y
start policies python3 "$here/enforce.py" "$STATE" "$PODS"
start volumes python3 "$here/volumes.py" "$STATE" "$NODE"
wait_for policies nsenter --net="/run/netns/$NETWORK" nft list table inet iomt
wait_for kubelet "$PROGRAMS/kubectl" wait --for=condition=Ready "node/$NODE" --timeout=1s

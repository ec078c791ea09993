import subprocess
import sys


def test_a_sensor_s_process_never_loads_torch() -> None:
    names = ["video_file", "rtsp_camera", "usb_camera", "microphone_file"]
    program = "import sys\n" + "".join(f"import iomt.runtime.sensors.{name}\n" for name in names)
    program += "assert not {'torch', 'transformers', 'PIL'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
